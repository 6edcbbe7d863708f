// SPDX-License-Identifier: GPL-2.0
/* /dev/s2probe: memory of a chosen kind by mmap(), and a look into tables by ioctl(). */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "probe.h"

static int probe_open(struct inode *inode, struct file *file)
{
	struct probe *probe = kzalloc(sizeof(*probe), GFP_KERNEL);

	if (!probe)
		return -ENOMEM;
	INIT_LIST_HEAD(&probe->regions);
	file->private_data = probe;
	return 0;
}

static int probe_release(struct inode *inode, struct file *file)
{
	probe_free(file->private_data);
	kfree(file->private_data);
	return 0;
}

static long probe_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct probe *probe = file->private_data;
	union {
		struct s2p_memory memory;
		struct s2p_vma vma;
		struct s2p_walk walk;
		struct s2p_age age;
		struct s2p_cpu cpu;
	} a = {};
	size_t size = _IOC_SIZE(cmd);
	int ret;

	if (size > sizeof(a))
		return -EINVAL;
	if ((_IOC_DIR(cmd) & _IOC_WRITE) && copy_from_user(&a, (void __user *)arg, size))
		return -EFAULT;
	switch (cmd) {
	case S2P_IOC_MEMORY:
		probe->next = a.memory;
		return 0;
	case S2P_IOC_VMA:
		ret = probe_vma(&a.vma);
		break;
	case S2P_IOC_WALK:
		ret = probe_walk(&a.walk);
		break;
	case S2P_IOC_AGE:
		ret = probe_age(&a.age);
		break;
	case S2P_IOC_CPU:
		probe_cpu(&a.cpu);
		ret = 0;
		break;
	default:
		return -ENOTTY;
	}
	if (!ret && copy_to_user((void __user *)arg, &a, size))
		return -EFAULT;
	return ret;
}

static const struct file_operations probe_fops = {
	.owner = THIS_MODULE,
	.open = probe_open,
	.release = probe_release,
	.mmap = probe_mmap,
	.unlocked_ioctl = probe_ioctl,
};

static struct miscdevice probe_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "s2probe",
	.fops = &probe_fops,
};

module_misc_device(probe_device);
MODULE_DESCRIPTION("Chosen memory for a VM, and its stage-2 descriptors, for the tests of s2pte");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: MIT
/* A PCI device's BAR through vfio-pci. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "init.h"

/* The address of the first device of the PCI id, "0000:00:01.0". */
static int find_device(const char *vendor, char *name, size_t size)
{
	DIR *dir = opendir("/sys/bus/pci/devices");
	struct dirent *entry;
	int found = -1;

	while (dir && found && (entry = readdir(dir))) {
		char path[300], text[16] = "";
		int fd;

		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vendor", entry->d_name);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		if (read(fd, text, sizeof(text) - 1) > 0 && !strncmp(text, vendor, 6)) {
			snprintf(name, size, "%.15s", entry->d_name);
			found = 0;
		}
		close(fd);
	}
	if (dir)
		closedir(dir);
	return found;
}

static int open_device(void)
{
	char name[16], path[128], link[128], group[64];
	int container, group_fd;
	ssize_t n;

	if (find_device("0x1af4", name, sizeof(name)))
		return -1;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", name);
	if (put(path, "vfio-pci") || put("/sys/bus/pci/drivers_probe", name))
		return -1;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", name);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return -1;
	link[n] = 0;
	snprintf(group, sizeof(group), "/dev/vfio/%.40s", strrchr(link, '/') + 1);
	container = open("/dev/vfio/vfio", O_RDWR);
	group_fd = open(group, O_RDWR);
	if (container < 0 || group_fd < 0 ||
	    ioctl(group_fd, VFIO_GROUP_SET_CONTAINER, &container) ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return -1;
	return ioctl(group_fd, VFIO_GROUP_GET_DEVICE_FD, name);
}

int vfio_region(unsigned int bar, uint64_t *offset, uint64_t *size)
{
	static int device = -1;
	struct vfio_region_info info = { .argsz = sizeof(info), .index = bar };

	if (device < 0)
		device = open_device();
	if (device < 0 || ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info))
		return -1;
	*offset = info.offset;
	*size = info.size;
	return device;
}

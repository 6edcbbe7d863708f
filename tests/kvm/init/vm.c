// SPDX-License-Identifier: MIT
/* A VM with one vCPU, its slots, and single accesses by its guest. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../module/s2probe.h"
#include "init.h"

extern const char guest_code[], guest_write[], guest_exec[], guest_vectors[], guest_end[];

#define CODE_GPA 0x100000UL
#define CODE_SLOT 400
#define DOORBELL 0x80000UL
#define CORE_REG(name) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(name))
#define VBAR_EL1 ARM64_SYS_REG(3, 0, 12, 0, 0)
#define ESR_EL1 ARM64_SYS_REG(3, 0, 5, 2, 0)
#define ELR_EL1 CORE_REG(elr_el1)

static int kvm_fd = -1, vm_fd = -1, vcpu_fd = -1;
static struct kvm_run *run;
static int run_size;
static void *code;

void vm_reset(void)
{
	if (run)
		munmap(run, (size_t)run_size);
	run = NULL;
	if (vcpu_fd >= 0)
		close(vcpu_fd);
	if (vm_fd >= 0)
		close(vm_fd);
	vcpu_fd = vm_fd = -1;
}

static int set_reg(uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uint64_t)&value };

	return ioctl(vcpu_fd, KVM_SET_ONE_REG, &reg);
}

static uint64_t get_reg(uint64_t id)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = { .id = id, .addr = (uint64_t)&value };

	ioctl(vcpu_fd, KVM_GET_ONE_REG, &reg);
	return value;
}

static int enable(unsigned int cap, uint64_t value)
{
	struct kvm_enable_cap enable = { .cap = cap, .args = { value } };

	return ioctl(vm_fd, KVM_ENABLE_CAP, &enable);
}

static int slot(unsigned int n, uint64_t gpa, uint64_t size, uint64_t hva, unsigned int flags)
{
	struct kvm_userspace_memory_region region = {
		.slot = n, .flags = flags, .guest_phys_addr = gpa, .memory_size = size,
		.userspace_addr = hva,
	};

	return ioctl(vm_fd, KVM_SET_USER_MEMORY_REGION, &region);
}

static int new_vcpu(void)
{
	struct kvm_vcpu_init init;

	vcpu_fd = ioctl(vm_fd, KVM_CREATE_VCPU, 0);
	if (vcpu_fd < 0 || ioctl(vm_fd, KVM_ARM_PREFERRED_TARGET, &init) ||
	    ioctl(vcpu_fd, KVM_ARM_VCPU_INIT, &init))
		return -1;
	run_size = ioctl(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	run = mmap(NULL, (size_t)run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu_fd, 0);
	if (run == MAP_FAILED) {
		run = NULL;
		return -1;
	}
	return set_reg(VBAR_EL1, CODE_GPA + (uint64_t)(guest_vectors - guest_code));
}

static int map_code(void)
{
	size_t size = 64 << 10;

	if (!code) {
		code = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (code == MAP_FAILED)
			return -1;
		code = (void *)(((uint64_t)code + size - 1) & ~(size - 1));
		memcpy(code, guest_code, (size_t)(guest_end - guest_code));
	}
	return slot(CODE_SLOT, CODE_GPA, size, (uint64_t)code, 0);
}

/* vm ipa_bits=N mte=0|1: a new one. */
void cmd_vm(const struct line *line)
{
	vm_reset();
	if (kvm_fd < 0)
		kvm_fd = open("/dev/kvm", O_RDWR);
	vm_fd = ioctl(kvm_fd, KVM_CREATE_VM, number(line, "ipa_bits", 0));
	if (failed(line, vm_fd))
		return;
	/* With it a reading of the dirty log protects nothing. */
	if (failed(line, enable(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE)))
		return;
	if (number(line, "mte", 0) && failed(line, enable(KVM_CAP_ARM_MTE, 0)))
		return;
	if (failed(line, new_vcpu()) || failed(line, map_code()))
		return;
	answer("@ vm errno=0 cacheable_pfnmap=%d", ioctl(vm_fd, KVM_CHECK_EXTENSION, 243));
}

void cmd_slot(const struct line *line)
{
	if (failed(line, slot((unsigned int)number(line, "n", 0), number(line, "gpa", 0),
			      number(line, "size", 0), number(line, "hva", 0),
			      (unsigned int)number(line, "flags", 0))))
		return;
	answer("@ slot errno=0");
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* What the guest met, in a word. */
static const char *outcome(uint64_t target)
{
	uint64_t esr, ec;

	if (run->exit_reason != KVM_EXIT_MMIO)
		return "other";
	if (run->mmio.phys_addr == DOORBELL)
		return "done";
	if (run->mmio.phys_addr != DOORBELL + 8)
		return "mmio";
	esr = get_reg(ESR_EL1);
	ec = esr >> 26;
	if (ec == 0 && get_reg(ELR_EL1) == target)
		return "done";	/* ran the zeros that are there */
	if ((ec == 0x21 || ec == 0x25) && (esr & 0x3f) == 0x10)
		return "abort";
	return "exception";
}

/* access ipa= kind=r|w|x: lets the guest do it once. */
void cmd_access(const struct line *line)
{
	uint64_t ipa = number(line, "ipa", 0);
	const char *kind = word(line, "kind", "r");
	const char *start = *kind == 'w' ? guest_write : *kind == 'x' ? guest_exec : guest_code;
	struct sigaction action = { .sa_handler = on_alarm };
	const char *what;
	int ret, error;

	set_reg(CORE_REG(regs.pc), CODE_GPA + (uint64_t)(start - guest_code));
	set_reg(CORE_REG(regs.pstate), 0x3c5);
	set_reg(CORE_REG(regs.regs[0]), ipa);
	set_reg(CORE_REG(regs.regs[1]), DOORBELL);
	sigaction(SIGALRM, &action, NULL);
	alarm(10);
	run->exit_reason = 0;
	ret = ioctl(vcpu_fd, KVM_RUN, 0);
	error = ret < 0 ? errno : 0;
	alarm(0);
	what = ret < 0 ? "error" : outcome(ipa);
	answer("@ access errno=%d what=%s exit=%u esr=%#llx", error, what, run->exit_reason,
	       (unsigned long long)get_reg(ESR_EL1));
	/* Finish the store, or KVM would step over the next first instruction. */
	run->immediate_exit = 1;
	ioctl(vcpu_fd, KVM_RUN, 0);
	run->immediate_exit = 0;
}

/* dirty n= size=: the pages now marked, as numbers from the slot's start. */
void cmd_dirty(const struct line *line)
{
	static uint64_t bits[4096];
	uint64_t pages = number(line, "size", 0) / (uint64_t)sysconf(_SC_PAGESIZE);
	struct kvm_dirty_log log = {
		.slot = (unsigned int)number(line, "n", 0), .dirty_bitmap = bits,
	};
	char text[512] = "";
	int at = 0;

	if (pages > sizeof(bits) * 8) {
		answer("@ dirty errno=%d", E2BIG);
		return;
	}
	memset(bits, 0, sizeof(bits));
	if (failed(line, ioctl(vm_fd, KVM_GET_DIRTY_LOG, &log)))
		return;
	for (uint64_t i = 0; i < pages && at < (int)sizeof(text) - 16; i++)
		if (bits[i / 64] >> i % 64 & 1) {
			uint64_t n = i;
			char digits[20];
			int count = 0;

			do
				digits[count++] = (char)('0' + n % 10);
			while (n /= 10);
			if (at)
				text[at++] = ',';
			while (count)
				text[at++] = digits[--count];
		}
	text[at] = 0;
	answer("@ dirty errno=0 pages=%s", text);
}

void cmd_walk(const struct line *line)
{
	struct s2p_walk walk = { .vm = vm_fd, .ipa = number(line, "ipa", 0) };
	unsigned long long pte[6] = { 0 };

	if (probe_fd < 0) {
		outside_walk(line);
		return;
	}
	if (failed(line, ioctl(probe_fd, S2P_IOC_WALK, &walk)))
		return;
	for (unsigned int i = 0; i < walk.count && i < 6; i++)
		pte[i] = walk.pte[i];
	answer("@ walk start_level=%lld ia_bits=%llu vtcr=%#llx root=%#llx count=%llu "
	       "ptes=%#llx,%#llx,%#llx,%#llx,%#llx,%#llx", (long long)walk.start_level,
	       walk.ia_bits, walk.vtcr, walk.root, walk.count, pte[0], pte[1], pte[2], pte[3],
	       pte[4], pte[5]);
}

void cmd_age(const struct line *line)
{
	struct s2p_age age = {
		.vm = vm_fd, .start = number(line, "hva", 0),
		.end = number(line, "hva", 0) + number(line, "size", 0),
		.test = number(line, "test", 0),
	};

	if (!failed(line, ioctl(probe_fd, S2P_IOC_AGE, &age)))
		answer("@ age young=%llu", age.young);
}

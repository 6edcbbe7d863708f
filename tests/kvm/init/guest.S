/* SPDX-License-Identifier: MIT */
/*
 * All the guest ever runs, with its MMU off. x0: the address to touch; x1: the doorbell, an
 * address without a slot, so that a store to it leaves to the host. A store to the doorbell
 * itself says done, one to 8 bytes above it says that an exception was taken.
 */
	.section .rodata
	.balign 4096
	.global guest_code, guest_write, guest_exec, guest_vectors, guest_end
guest_code:			/* read */
	ldr	w2, [x0]
	b	done
guest_write:			/* zeros, which are an undefined instruction to whoever runs them */
	str	wzr, [x0]
	b	done
guest_exec:			/* comes back as an exception: undefined, or an abort */
	br	x0
done:
	str	wzr, [x1]
	b	.
	.balign 2048
guest_vectors:
	.rept	16
	.balign 128
	str	wzr, [x1, #8]
	b	.
	.endr
guest_end:

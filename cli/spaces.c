/* SPDX-License-Identifier: MIT */
#include "spaces.h"

#include <string.h>

void space_name(const struct space_view *view, const char *list, size_t i, const char *kind,
		char *buf, size_t size)
{
	const json_t *item = json_array_get(json_object_get(view->present, list), i);
	const char *name = json_string_value(json_object_get(item, "name"));

	if (name != NULL)
		snprintf(buf, size, "%s %s", kind, name);
	else
		snprintf(buf, size, "%s %zu", kind, i);
}

/* ---- Boxes -------------------------------------------------------------------------------- */

static void fill_slot(const struct space_view *view, const struct space_piece *p,
		      struct space_boxes *b)
{
	char size[32];

	snprintf(b->text[SPACE_IPA][0], 96, "0x%llx", (unsigned long long)p->ipa);
	space_name(view, "memslots", p->slot_number, "slot", b->text[SPACE_IPA][1], 96);
	snprintf(b->text[SPACE_IPA][2], 96, "%s%s%s", cli_size_text(p->size, size, sizeof(size)),
		 (p->slot->flags & S2_MEM_LOG_DIRTY_PAGES) != 0 ? ", logged" : "",
		 (p->slot->flags & S2_MEM_READONLY) != 0 ? ", r/o" : "");
	b->colour[SPACE_IPA][1] = CLI_BOLD;
	if (p->slot_result->ret != 0) {
		snprintf(b->text[SPACE_IPA][2], 96, "refused: %s%s", s2_errno_name(p->slot_result->ret),
			 p->slot->force ? ", kept" : "");
		b->colour[SPACE_IPA][2] = CLI_BAD;
	}
	b->there[SPACE_IPA] = true;
}

static void fill_host(const struct space_view *view, const struct space_piece *p,
		      struct space_boxes *b)
{
	const struct s2_vm_config *config = view->config;
	char size[32];
	uint64_t pa;

	snprintf(b->text[SPACE_HVA][0], 96, "0x%llx", (unsigned long long)p->hva);
	b->there[SPACE_HVA] = true;
	if (p->vma == NULL) {
		snprintf(b->text[SPACE_HVA][1], 96, "a hole: no VMA");
		b->colour[SPACE_HVA][1] = CLI_WARN;
		return;
	}
	space_name(view, "vmas", p->vma_number, "vma", b->text[SPACE_HVA][1], 96);
	b->colour[SPACE_HVA][1] = CLI_BOLD;
	snprintf(b->text[SPACE_HVA][2], 96, "%s%s", s2_name_of(s2_pgprot_names, p->vma->pgprot),
		 (p->vma->flags & S2_VM_PFNMAP) != 0   ? ", PFNMAP" :
		 (p->vma->flags & S2_VM_MIXEDMAP) != 0 ? ", MIXEDMAP" :
							 "");
	pa = s2_vma_pa(p->vma, p->hva);
	b->there[SPACE_PA] = true;
	snprintf(b->text[SPACE_PA][0], 96, "0x%llx", (unsigned long long)pa);
	snprintf(b->text[SPACE_PA][1], 96, "%s",
		 s2_is_map_memory(p->vma, pa, config->ram, config->n_ram) ? "in the linear map" :
									    "outside linear map");
	if (p->vma->backing.state != S2_BACKING_PRESENT)
		snprintf(b->text[SPACE_PA][2], 96, "%s",
			 s2_name_of(s2_backing_state_names, p->vma->backing.state));
	else
		snprintf(b->text[SPACE_PA][2], 96, "by %s%s",
			 cli_size_text(p->vma->backing.mapping != 0 ? p->vma->backing.mapping :
								      s2_page_size(config->granule),
				       size, sizeof(size)),
			 p->vma->backing.writable ? "" : ", read-only");
}

void space_describe(const struct space_view *view, const struct space_piece *piece,
		    struct space_boxes *boxes)
{
	memset(boxes, 0, sizeof(*boxes));
	fill_slot(view, piece, boxes);
	fill_host(view, piece, boxes);
}

/* ---- Pieces ------------------------------------------------------------------------------- */

/* Where the VMA or the hole that @hva is in ends, at most @end. */
static uint64_t piece_end(const struct s2_vm_config *config, struct space_piece *p, uint64_t end)
{
	for (size_t i = 0; i < config->n_vmas; i++) {
		const struct s2_vma *vma = &config->vmas[i];

		if (vma->start <= p->hva && p->hva < vma->end) {
			p->vma = vma;
			p->vma_number = i;
			return vma->end < end ? vma->end : end;
		}
	}
	for (size_t i = 0; i < config->n_vmas; i++)
		if (config->vmas[i].start > p->hva && config->vmas[i].start < end)
			end = config->vmas[i].start;
	return end;
}

bool space_piece_at(const struct space_view *view, size_t number, uint64_t hva,
		    struct space_piece *piece)
{
	const struct s2_memslot *slot = &view->config->memslots[number];
	uint64_t end = slot->hva + slot->size;

	if (hva >= end)
		return false;
	*piece = (struct space_piece){ .slot = slot, .slot_number = number,
				       .slot_result = &view->slots[number], .hva = hva,
				       .ipa = slot->gpa + (hva - slot->hva) };
	piece->size = piece_end(view->config, piece, end) - hva;
	return true;
}

const char *space_head(const struct s2_vm_config *config, size_t n_events, char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "kernel %s, %s pages, %u-bit IPA, CPU:",
				    config->revision->id, s2_granule_name(config->granule),
				    config->ipa_bits);

	for (const struct s2_name *f = s2_cpu_flag_names; f->name != NULL && n < size; f++)
		if (*((const bool *)&config->cpu + f->value))
			n += (size_t)snprintf(buf + n, size - n, " %s", f->name);
	if (n < size)
		snprintf(buf + n, size - n, "%s; %zu event%s", config->mte ? "; MTE" : "", n_events,
			 n_events == 1 ? "" : "s");
	return buf;
}

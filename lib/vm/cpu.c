/* SPDX-License-Identifier: MIT */
/* The CPU of a VM, by features, by name, or by identification registers. */
#include <s2pte/vm.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The feature that each row of s2_cpu_flag_names stands for. */
static enum s2_cpu_feature feature_of(const char *flag)
{
	unsigned i = 0;

	while (strcmp(s2_cpu_features[i].id, flag) != 0)
		i++;
	return (enum s2_cpu_feature)i;
}

static void set_flag(struct s2_cpu *cpu, const struct s2_name *flag, bool on)
{
	*(bool *)((char *)cpu + flag->value) = on;
}

void s2_cpu_from_idregs(struct s2_cpu *cpu, const struct s2_idregs *regs, unsigned *open)
{
	*open = 0;
	for (const struct s2_name *flag = s2_cpu_flag_names; flag->name != NULL; flag++) {
		enum s2_answer3 has = s2_idregs_has(regs, feature_of(flag->name));

		set_flag(cpu, flag, has == S2_YES);
		if (has == S2_UNKNOWN)
			*open |= 1u << (flag - s2_cpu_flag_names);
	}
}

static int unknown_word(const char *word, struct s2_error *err)
{
	const char *near = s2_cpu_model_nearest(word);
	unsigned best = UINT_MAX;

	if (near != NULL)
		s2_name_near(word, near, &best);
	for (const struct s2_name *flag = s2_cpu_flag_names; flag->name != NULL; flag++)
		if (s2_name_near(word, flag->name, &best))
			near = flag->name;
	if (s2_name_near(word, "none", &best))
		near = "none";
	return s2_error_set(err, S2_EINVAL, NULL,
			    "\"%.40s\" is not a feature of the CPU, nor the name of one%s%s%s", word,
			    near != NULL ? "; did you mean " : "", near != NULL ? near : "",
			    near != NULL ? "?" : "");
}

int s2_cpu_word(struct s2_cpu *cpu, const char *word, unsigned *open, struct s2_error *err)
{
	const struct s2_cpu_model *model = s2_cpu_model_find(word);
	bool off = word[0] == '-';

	if (model != NULL) {
		s2_cpu_from_idregs(cpu, &model->regs, open);
		return 0;
	}
	if (strcasecmp(word, "none") == 0) {
		*cpu = (struct s2_cpu){ 0 };
		*open = 0;
		return 0;
	}
	for (const struct s2_name *flag = s2_cpu_flag_names; flag->name != NULL; flag++) {
		if (strcasecmp(flag->name, word + off) != 0)
			continue;
		set_flag(cpu, flag, !off);
		*open &= ~(1u << (flag - s2_cpu_flag_names));
		return 0;
	}
	return unknown_word(word + off, err);
}

int s2_cpu_settled(unsigned open, struct s2_error *err)
{
	char names[64] = "";

	if (open == 0)
		return 0;
	for (unsigned i = 0; s2_cpu_flag_names[i].name != NULL; i++) {
		size_t n = strlen(names);

		if ((open >> i & 1) != 0)
			snprintf(names + n, sizeof(names) - n, "%s%s", n != 0 ? ", " : "",
				 s2_cpu_flag_names[i].name);
	}
	return s2_error_set(err, S2_EINVAL, NULL,
			    "what is known of the CPU leaves open: %s; add each, or with a minus if "
			    "it has it not", names);
}

int s2_cpu_parse(struct s2_cpu *cpu, const char *list, struct s2_error *err)
{
	unsigned open = 0;
	int ret = 0;

	*cpu = (struct s2_cpu){ 0 };
	while (*list != '\0' && ret == 0) {
		size_t len = strcspn(list, ",");
		char word[64];

		snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word)),
			 list);
		ret = s2_cpu_word(cpu, word, &open, err);
		list += len + (list[len] == ',');
	}
	return ret != 0 ? ret : s2_cpu_settled(open, err);
}

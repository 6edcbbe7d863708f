#include "cli.h"
int cli_tell(struct cli *cli, const char *name, const char *text, size_t size){(void)name;(void)text;(void)size;(void)cli;return 0;}
const char *cli_colour(const struct cli *cli, enum cli_colour c){(void)cli;(void)c;return "";}

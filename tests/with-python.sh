#!/bin/sh
# SPDX-License-Identifier: MIT
# Run a test with the Python that configure found.
if test "${PYTHON3:-no}" = no; then
	echo '1..0 # SKIP there is no python3'
	exit 0
fi
PYTHONDONTWRITEBYTECODE=1 exec "$PYTHON3" "$@"

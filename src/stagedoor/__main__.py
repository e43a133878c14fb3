"""`python -m stagedoor` is the `stagedoor` command."""

import sys

from stagedoor.cli import main

sys.exit(main())

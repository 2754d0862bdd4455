"""The commands in a shell: `python -m onecloud_magic help`."""

from __future__ import annotations

import sys

from .magics.shell import main

if __name__ == "__main__":
    sys.exit(main())

"""``python -m lambdalab``."""

import sys

from lambdalab.serve.command import main

if __name__ == "__main__":
    sys.exit(main())

"""``python -m lambdalab``."""

import sys

from lambdalab.serve.command import main

sys.exit(main())

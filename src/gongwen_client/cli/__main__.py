"""``python -m gongwen_client.cli``."""

import sys

from gongwen_client.cli import main

sys.exit(main())

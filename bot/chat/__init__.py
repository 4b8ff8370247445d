"""Telegram, in and out."""

import os

# The library is turning waiting times from numbers into timedeltas and warns at each until one chooses;
# this chooses the coming way, before anything here imports it.
os.environ.setdefault("PTB_TIMEDELTA", "1")

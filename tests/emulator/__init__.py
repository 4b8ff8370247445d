"""The local Bot API and its phones."""

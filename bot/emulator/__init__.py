"""A stand-in for Telegram on one's own computer: a local Bot API, and phones on a web page."""

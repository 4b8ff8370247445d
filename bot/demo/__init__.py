"""The demo: the ordinary program, a local Bot API, simulated people, and phones on a web page."""

from bot.demo.stage import play

__all__ = ["play"]

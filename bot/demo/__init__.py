"""The ordinary program on a stage: the demo with simulated people, and an author's survey being tried."""

from bot.demo.story import play
from bot.demo.trying import try_out

__all__ = ["play", "try_out"]

"""`python -m bot` is `aitbar`."""

from bot.cli import main

main()

"""Programs of other people's libraries that run against the emulator as they would against Telegram."""

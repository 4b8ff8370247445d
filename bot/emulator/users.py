"""The people of the emulator's world."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(eq=False)
class User:
    """A person with a phone."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    deleted: bool = False
    forbids_voice: bool = False  # a privacy setting; no bot can read it
    link: str = ""  # the payload of the start link this person holds
    followed: bool = False  # whether that link was opened

    def shape(self) -> Json:
        """A `User`; fields without a value are left out (Bot API documentation, User)."""
        return {"id": self.id, "is_bot": False, **self._names(), **_given(language_code=self.language_code)}

    def chat_shape(self) -> Json:
        """The `Chat` that a private chat with this person is."""
        return {"id": self.id, "type": "private", **self._names()}

    def _names(self) -> Json:
        return {"first_name": self.first_name, **_given(last_name=self.last_name, username=self.username)}


def _given(**fields: str) -> Json:
    return {name: value for name, value in fields.items() if value}

"""A survey file that uses every key there is, for the tests to spoil, and the files that lie beside it."""

from __future__ import annotations

from pathlib import Path

from tests.sounds import picture, voice

SOUND = """\
survey: sample
version: 3
languages: [ur, en]
title: {ur: نمونہ, en: Sample}
licence: adapted with permission
permission_ref: letter of May 2026
source: Example Institute
instrument_version: "6"
open_text: sealed
referral:
  ur: مدد کے لیے فون کریں۔
  en: You can call for help.
danger_words:
  ur: [خطرہ, جان سے مار]
  en: [danger, kill]
consent:
  ur: حصہ لینا آپ کی مرضی ہے۔
  en: Taking part is your choice.
cells:
  district: district
  gender: gender
  age:
    question: age_band
    groups:
      youth: [b18_24, b25_29]
      older: [b30]
reach:
  census: KP
  women: {gender: [woman]}
  youth: {age_band: [b18_24, b25_29]}
scales:
  trust:
    order: ascending
    options:
      none: {ur: بالکل نہیں, en: Not at all}
      some: {ur: کچھ حد تک, en: Somewhat}
      much: {ur: بہت زیادہ, en: A lot}
questions:
  - id: district
    type: choice
    ask: {ur: ضلع؟, en: Which district?}
    options:
      swat: {ur: سوات, en: Swat}
      mardan: {ur: مردان, en: Mardan}
    specials: [prefer_not]
  - id: gender
    type: choice
    ask: {ur: خاتون یا مرد؟, en: Woman or man?}
    options:
      woman: {ur: خاتون, en: Woman}
      man: {ur: مرد, en: Man}
    audio: {ur: gender-ur.ogg}
  - id: age_band
    type: choice
    ask: {ur: عمر؟, en: How old are you?}
    options:
      under_18: {ur: 18 سے کم, en: Under 18}
      b18_24: {ur: 18 سے 24, en: 18 to 24}
      b25_29: {ur: 25 سے 29, en: 25 to 29}
      b30: {ur: 30 یا زیادہ, en: 30 or older}
    screen_out: [under_18]
  - id: hello
    type: note
    picture: hello.png
    ask: {ur: اب چند سوال, en: Some questions follow.}
  - id: trust_police
    type: scale
    scale: trust
    ask: {ur: پولیس پر بھروسہ؟, en: Do you trust the police?}
    sensitive: true
  - id: attended
    type: yes_no
    ask: {ur: میٹنگ میں حصہ لیا؟, en: Did you attend a meeting?}
    specials: []
  - id: meetings
    type: number
    ask: {ur: کتنی؟, en: How many?}
    show_if: {attended: [yes]}
    min: 1
    max: 60
    bands:
      once: [1, 1]
      few: [2, 5]
      many: [6, 60]
  - id: reasons
    type: choices
    ask: {ur: کیوں نہیں؟, en: Why not?}
    show_if: "${attended} = 'no' or ${meetings} < 3"
    options:
      far: {ur: دور, en: Too far}
      time: {ur: وقت نہیں, en: No time}
      nothing: {ur: کچھ نہیں, en: Nothing}
    exclusive: [nothing]
  - id: paid
    type: yes_no
    ask: {ur: خرچ ہوا؟, en: Did it cost you?}
    options:
      no: {ur: نہیں, en: No}
      yes: {ur: ہاں, en: Yes}
    show_if: selected(${reasons}, 'far')
  - id: more
    type: text
    ask: {ur: اور کچھ؟, en: What else?}
    longest: 300
indicators:
  - id: trust_police
    title: {ur: پولیس پر بھروسہ, en: Trust the police}
    share_of: {trust_police: [some, much]}
    better: higher
  - id: far
    title: {ur: جگہ دور, en: Too far}
    share_of: {reasons: [far]}
    better: lower
  - id: many_meetings
    title: {ur: کئی میٹنگیں, en: Many meetings}
    share_of: {meetings: [few, many]}
    better: none
"""

RECORDING = voice(2.0)

PICTURE = picture()


def beside(folder: Path, survey: str = "sample") -> None:
    """The recording and the picture that the file names; and some that are not as they should be."""
    audio, pictures = folder / "audio" / survey, folder / "pictures" / survey
    for path in (audio, pictures):
        path.mkdir(parents=True, exist_ok=True)
    (audio / "gender-ur.ogg").write_bytes(RECORDING)
    (audio / "cut.ogg").write_bytes(RECORDING[:-1])
    (audio / "long.ogg").write_bytes(voice(21.0))
    (audio / "large.ogg").write_bytes(RECORDING + bytes(2**20))
    (pictures / "hello.png").write_bytes(PICTURE)
    (pictures / "cut.png").write_bytes(PICTURE[:20])
    (pictures / "narrow.png").write_bytes(picture(100, 4))

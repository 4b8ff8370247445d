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
clocks: {start_days: 21, grace_days: 2}
reminders: {at_most: 2, every_days: 7}
targets:
  women: 50
  youth: 40
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
  - id: ready
    type: yes_no
    ask: {ur: ایک سوال نقصان کے بارے میں ہے۔ پوچھا جائے؟, en: One question is about harm. May it be asked?}
  - id: harmed
    type: yes_no
    ask: {ur: نقصان ہوا؟, en: Did you come to harm?}
    show_if: {ready: [yes]}
    sensitive: true
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
    advice:
      worse_than: 30
      do: {ur: اگلی میٹنگ قریب رکھیں۔, en: Hold the next meeting nearby.}
    baseline: 45
    target: 20
  - id: many_meetings
    title: {ur: کئی میٹنگیں, en: Many meetings}
    share_of: {meetings: [few, many]}
    better: none
indexes:
  - id: standing
    title: {ur: تعلق, en: Ties with offices}
    items: [trust_police, attended]
    reverse: [attended]
    better: higher
"""

LOGICAL = """\
survey: logical
version: 1
languages: [en]
title: {en: Logic}
licence: own items
consent: {en: Taking part is your choice.}
scales:
  ladder:
    order: ascending
    options: {n0: {en: "0"}, n1: {en: "1"}, n2: {en: "2"}}
    ends: {low: {en: not at all}, high: {en: fully}}
sections:
  offices: {title: {en: Offices}, show_if: "${arrived} >= '2025-01'", shuffle: turned}
  people: {title: {en: People}, shuffle: true}
shuffle: [offices, people]
questions:
  - id: province
    type: choice
    ask: {en: Which province?}
    options: {kp: {en: KP}, balochistan: {en: Balochistan}, abroad: {en: Abroad}}
    screen_out: [abroad]
    specials: []
  - id: district
    type: choice
    ask: {en: Which district?}
    options: {swat: {en: Swat}, quetta: {en: Quetta}, zhob: {en: Zhob}}
    choice_filter: {province: {kp: [swat], balochistan: [quetta, zhob]}}
    required: false
  - id: arrived
    type: date
    ask: {en: When did you come?}
    from: "2024-03"
    to: "2026-12"
    constraint: . != '2024-04'
    constraint_message: {en: Nobody came then.}
  - id: born
    type: date
    ask: {en: On which day was the meeting?}
    from: "2026-01-01"
    to: "2026-12-31"
    precision: day
    because: the meetings are told apart by their day
  - id: adults
    type: number
    ask: {en: How many adults?}
    min: 1
    max: 20
  - id: way
    type: number
    ask: {en: How many kilometres?}
    min: 0
    max: 20
    decimals: 1
    bands: {near: [0, 2], far: [3, 20]}
    constraint: . > 0.2 and . < 20
    constraint_message: {en: More than that.}
  - id: wishes
    type: choices
    ask: {en: What do you wish?}
    options: {road: {en: A road}, water: {en: Water}, school: {en: A school}, other: {en: Something else}}
    least: 1
    most: 2
    shuffle: true
    fixed: [other]
  - id: needs
    type: ranking
    ask: {en: What is needed most?}
    options: {road: {en: A road}, water: {en: Water}, school: {en: A school}}
    ranked: 2
  - id: score
    type: calculate
    value: "${adults} * 2 + count-selected(${wishes}) + if(${way} > 3, 1, 0)"
    bands: {low: [0, 9], high: [10, 60]}
    keep: true
  - id: turned
    type: arm
    arms: [first, second]
  - id: trust_offices
    type: grid
    scale: ladder
    section: offices
    shuffle: true
    ask: {en: How much do you trust these?}
    statements: {trust_police: {en: The police}, trust_courts: {en: The courts}}
  - id: helped
    type: yes_no
    section: offices
    ask: {en: Did they help you?}
    show_if: ${score} > ${adults}
  - id: neighbours
    type: scale
    scale: ladder
    section: people
    ask: {en: How much do you trust your neighbours?}
  - id: elders
    type: scale
    scale: ladder
    section: people
    ask: {en: "How much do you trust the elders in ${province}?"}
indicators:
  - id: far
    title: {en: Far away}
    share_of: {way: [far]}
    better: lower
"""
"""A survey file with every key of the logic: what is asked of whom, in which order, and worked out."""


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

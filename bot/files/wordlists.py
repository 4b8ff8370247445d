"""Words that are known to be wrong or hard, with what to write, and the terms that are always worded alike.

Kabul, Dari and literary words are those that readers in Khyber Pakhtunkhwa do not use; whoever reviews the
texts may add a line. The terms hold beginnings of words, as Urdu and Pashto change their ends.
"""

from __future__ import annotations

from collections.abc import Mapping

NAMES_IN_LATIN = frozenset(
    {"Aitbar", "Telegram", "WhatsApp", "SMS", "PDF", "CSV", "XLSX", "YAML", "QR", "KP", "KPI"}
)
"""What is written in Latin letters in every language, beside commands, links and abbreviations of the English."""

KABUL: Mapping[str, str] = {
    "اړین": "ضروري",
    "ولسوالۍ": "ضلع",
    "ولایت": "صوبه",
    "لطفاً": "مهرباني وکړئ",
    "راپور": "رپورټ",
    "سلنه": "فيصده",
}
"""Pashto that means nothing or something else in Khyber Pakhtunkhwa."""

LITERARY: Mapping[str, str] = {
    "پیل": "شروع",
    "غوره کړئ": "خوښ کړئ",
    "ګډون": "برخه اخستل",
    "دولتي": "سرکاري",
    "تڼۍ": "بټن",
    "امستنې": "سېټنګ",
    "تړونی": "لنک",
    "پايله": "نتیجه",
    "پایله": "نتیجه",
    "لنډيز": "خلاصه",
    "لنډیز": "خلاصه",
    "نجونې": "جینکۍ",
    "راتلونکی": "وړاندې",
    "ښوونځی": "سکول",
    "روغتون": "هسپتال",
    "کې": "کښې",
    "مونږه": "مونږ",
    "سړی": "سړے",
    "کلی": "کلے",
}
"""Pashto of Kabul or of books that is understood, but not spoken."""

OFFICE: Mapping[str, Mapping[str, str]] = {
    "ur": {
        "براہ کرم": "براہ مہربانی",
        "فراہم کریں": "دیں",
        "اندراج": "لکھنا",
        "مطلوبہ": "جو چاہیے",
        "مذکورہ": "یہ",
        "درج ذیل": "نیچے",
        "منتخب کریں": "چنیں",
        "جمع کروائیں": "بھیجیں",
    },
    "ps": {"ترسره": "وشو", "چمتو": "تيار"},
}
"""Words of offices."""

TERMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "survey": {"ur": ("سروے",), "ps": ("سروې",)},
    "question": {"ur": ("سوال",), "ps": ("سوال", "پوښتن")},
    "answer": {"ur": ("جواب",), "ps": ("جواب", "ځواب")},
    "code": {"ur": ("کوڈ",), "ps": ("کوډ",)},
    "district": {"ur": ("ضلع", "اضلاع"), "ps": ("ضلع",)},
    "province": {"ur": ("صوب",), "ps": ("صوب",)},
    "village": {"ur": ("گاؤں", "دیہ"), "ps": ("کل",)},
    "trust": {"ur": ("بھروس", "اعتماد", "اعتبار"), "ps": ("اعتبار", "باور")},
    "police": {"ur": ("پولیس",), "ps": ("پولیس", "پوليس")},
    "court": {"ur": ("عدالت",), "ps": ("عدالت",)},
    "government": {"ur": ("حکومت", "سرکار"), "ps": ("حکومت", "سرکار")},
    "jirga": {"ur": ("جرگ",), "ps": ("جرګ",)},
    "woman": {"ur": ("خاتون", "خواتین", "عورت"), "ps": ("زنان", "ښځ")},
    "women": {"ur": ("خاتون", "خواتین", "عورت"), "ps": ("زنان", "ښځ")},
    "school": {"ur": ("سکول",), "ps": ("سکول",)},
    "hospital": {"ur": ("ہسپتال",), "ps": ("هسپتال",)},
    "report": {"ur": ("رپورٹ",), "ps": ("رپورټ",)},
    "summary": {"ur": ("خلاص",), "ps": ("خلاص",)},
    "coordinator": {"ur": ("رابطہ کار",), "ps": ("رابطه کار",)},
    "steward": {"ur": ("نگران",), "ps": ("نګران",)},
    "language": {"ur": ("زبان",), "ps": ("ژب",)},
    "per cent": {"ur": ("فیصد",), "ps": ("فیصد", "فيصد")},
    "youth": {"ur": ("نوجوان",), "ps": ("ځوان",)},
    "server": {"ur": ("سرور",), "ps": ("سرور",)},
    "organisation": {"ur": ("تنظیم",), "ps": ("تنظیم",)},
    "meeting": {"ur": ("میٹنگ",), "ps": ("غونډ", "میټنګ")},
    "complaint": {"ur": ("شکایت",), "ps": ("شکایت",)},
}
"""An English term, and what its Urdu and Pashto begin with; any of them will do."""

"""Surveys as XLSForm, the spreadsheets of Kobo and ODK, in and out. The doors are in `carry.py`.

    out: carry.out -> export (survey -> sheets; write: a question -> its row) -> sheets (XLSX)
    in:  carry.bring -> opening (limits, child) -> bring (sheets -> survey; native: a row -> its question) -> yaml

What XLSForm cannot say travels beside it (`rest.py`); what is not taken is named in `fates.py`.

The libraries of the extra `xlsform` are read only when a form is.
"""

"""Dates as ISO 8601 has them, for people who chose so (accounts/preferences.py)."""

DATE_FORMAT = SHORT_DATE_FORMAT = MONTH_DAY_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "Y-m-d H:i"
YEAR_MONTH_FORMAT = "F Y"

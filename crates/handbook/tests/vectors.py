"""Makes vectors.tsv: deadlines counted minute by minute, by another program than the one under test.

Run `python3 crates/handbook/tests/vectors.py` from the repository's root; the same numbers come out every time. It
needs Python 3.9 or newer and the system's zone database.

A minute is open when a clock on the wall shows an open day and an open hour. Only a calendar whose hours begin or end
inside a changed hour, or whose closed day touches an hour that is repeated over midnight, leaves room for another
reading; there is none of these here.
"""

import random
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK = "mon tue wed thu fri"

# Zone, open days, hours (empty: whole days), holidays, and the local dates around which tickets arrive.
CALENDARS = [
    ("Europe/London", WEEK, "", "", "2026-03-27 2026-06-05 2026-10-23"),
    ("Europe/London", WEEK, "09:00-17:00", "2026-04-03 2026-04-06", "2026-04-01 2026-10-23"),
    ("Europe/Berlin", WEEK, "09:00-12:30 13:30-17:00", "2026-12-25", "2026-03-27 2026-12-23"),
    ("Europe/Lisbon", WEEK + " sat sun", "", "", "2026-03-28 2026-10-24"),
    ("America/New_York", WEEK, "", "2026-11-26", "2026-03-06 2026-10-30 2026-11-25"),
    ("America/New_York", WEEK + " sun", "00:00-24:00", "", "2026-03-07 2026-10-31"),
    ("America/Los_Angeles", WEEK, "08:00-12:00 12:00-18:00", "", "2026-03-06"),
    ("America/St_Johns", WEEK + " sun", "", "", "2026-03-07 2026-10-31"),
    ("America/Sao_Paulo", WEEK + " sat sun", "", "", "2018-11-03 2018-02-16"),
    ("America/Havana", WEEK + " sat sun", "", "", "2024-03-09 2024-11-02"),
    ("America/Caracas", WEEK + " sat sun", "", "", "2016-04-30"),
    ("Africa/Cairo", WEEK, "", "", "2026-04-22 2026-10-28"),
    ("Africa/Casablanca", WEEK + " sun", "", "", "2026-02-13 2026-03-20"),
    ("Asia/Tehran", "sat sun mon tue wed", "", "", "2021-03-20 2021-09-20"),
    ("Asia/Riyadh", "sun mon tue wed thu", "08:00-16:00", "2026-09-23", "2026-09-21"),
    ("Asia/Amman", "sun mon tue wed thu fri", "", "", "2021-03-24 2021-10-28"),
    ("Asia/Pyongyang", WEEK, "", "", "2018-05-03"),
    ("Asia/Kolkata", WEEK, "09:30-18:15", "2026-08-15 2026-10-02", "2026-09-30"),
    ("Asia/Kathmandu", "sun mon tue wed thu", "", "", "2026-06-04"),
    ("Australia/Lord_Howe", WEEK + " sat sun", "", "", "2026-04-03 2026-10-02"),
    ("Australia/Adelaide", WEEK, "22:00-24:00 00:00-06:00", "", "2026-10-01"),
    ("Antarctica/Troll", WEEK + " sat sun", "", "", "2026-03-28 2026-10-24"),
    ("Pacific/Chatham", WEEK + " sun", "", "", "2026-04-03 2026-09-25"),
    ("Pacific/Apia", WEEK, "", "", "2011-12-28 2011-12-29"),
    ("Pacific/Apia", WEEK, "09:00-17:00", "2012-01-02", "2011-12-28"),
    ("Pacific/Kiritimati", WEEK, "", "", "2026-06-04"),
]

TARGETS = ["30m", "3h", "12h", "24h", "48h", "100h", "1 business day", "2 business days", "4 business days"]


class Wall:
    """A calendar as a clock on the wall."""

    def __init__(self, zone, days, hours, holidays):
        self.zone = ZoneInfo(zone)
        self.days = {DAYS.index(day) for day in days.split()}
        self.hours = [self.hour_range(text) for text in hours.split()] or [(0, 24 * 60)]
        self.holidays = {date.fromisoformat(text) for text in holidays.split()}

    @staticmethod
    def hour_range(text):
        return tuple(int(end[:2]) * 60 + int(end[3:]) for end in text.split("-"))

    def is_open(self, at):
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        open_day = local.weekday() in self.days and local.date() not in self.holidays
        return open_day and any(start <= minute < end for start, end in self.hours)

    def next_open(self, at):
        while not self.is_open(at):
            at += MINUTE
        return at

    def after(self, at, minutes):
        """When so many open minutes have passed."""
        while minutes:
            minutes -= self.is_open(at)
            at += MINUTE
        return at

    def is_working_day(self, day):
        """Whether the wall shows an open minute of that date at all; a date that was skipped shows none."""
        noon = datetime.combine(day, time(12), timezone.utc)
        around = (noon + MINUTE * minute for minute in range(-27 * 60, 27 * 60))
        return any(at.astimezone(self.zone).date() == day and self.is_open(at) for at in around)

    def business_days(self, at, count):
        """The same time on the wall, so many working days later."""
        local = self.next_open(at).astimezone(self.zone)
        day = local.date()
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        # Of a repeated time the first; one that is left out moves forward by as much.
        same = datetime.combine(day, local.time(), self.zone).astimezone(timezone.utc)
        return same if self.is_open(same) or self.is_open(same - MINUTE) else self.next_open(same)

    def due(self, at, target):
        if "business" in target:
            return self.business_days(at, int(target.split()[0]))
        amount, unit = int(target[:-1]), target[-1]
        return self.after(at, amount * (60 if unit == "h" else 1))


def arrivals(dice, wall, around):
    """Instants within two days of a date: at any time, at midnights, and where hours begin and end."""
    first = datetime.combine(around, time(0), wall.zone).astimezone(timezone.utc)
    for _ in range(3):
        yield first + MINUTE * dice.randrange(3 * 24 * 60)
    edges = [end for hours in wall.hours for end in hours]
    day = around + timedelta(days=dice.randrange(3))
    yield datetime.combine(day, time(0), wall.zone).astimezone(timezone.utc) + MINUTE * dice.choice(edges)
    # The hour before and after the clocks change, if they do.
    for minute in range(4 * 24 * 60):
        at = first + MINUTE * minute
        if at.astimezone(wall.zone).utcoffset() != (at + MINUTE).astimezone(wall.zone).utcoffset():
            yield at + MINUTE
            yield at + MINUTE * dice.randrange(-60, 60)


def vectors():
    dice = random.Random(113)
    for zone, days, hours, holidays, dates in CALENDARS:
        wall = Wall(zone, days, hours, holidays)
        for around in dates.split():
            for at in arrivals(dice, wall, date.fromisoformat(around)):
                for target in dice.sample(TARGETS, 2):
                    due = wall.due(at, target)
                    stamps = (moment.strftime("%Y-%m-%dT%H:%MZ") for moment in (at, due))
                    yield "\t".join([zone, days, hours, holidays, target, *stamps])


if __name__ == "__main__":
    lines = ["zone\tdays\thours\tholidays\ttarget\tstart\tdue", *vectors()]
    Path(__file__).with_suffix(".tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")

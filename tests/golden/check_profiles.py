#!/usr/bin/env python3
"""Holds the tables of docs/profiles.md to the files under profiles/.

    check_profiles.py         says which lines are missing or differ; exit 1 if any
    check_profiles.py --show  prints the lines as they should be

What a profile may hold, the program itself checks when it reads one.
"""

import pathlib
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MARKS = {"documented": "", "read_in_code": " (c)", "measured": " (m)", "second_hand": " (2)", "assumed": " (a)"}

# Lifetimes that stand for "there is none": the longest that a scenario can hold.
NO_LIFETIME = "365d"


def marked(figure):
    return f"{figure['value']}{MARKS[figure['grade']]}"


def retry_rule(retry):
    """The rule, and the figures that go with it, marked by the grade of the first of them."""
    rule = retry["rule"]["value"]
    value = {key: figure["value"] for key, figure in retry.items()}
    if rule == "list":
        key, waits = "schedule", value["schedule"]
        words = ", ".join(waits if len(waits) <= 9 else [*waits[:3], f"{waits[3]} ... {waits[-1]}"])
    elif rule == "clamped_age":
        key, words = "least", f"{value['least']} to {value['most']}"
    elif rule == "stepped":
        key, words = "steps", "; ".join(step.replace(",", " ") for step in value["steps"])
    elif rule == "quadratic":
        key, words = "unit", value["unit"]
    elif rule == "square_of_root":
        key, words = "add", f"add {value['add']}"
    elif rule == "doubling":
        key, words = "first", value["first"] + (f", to {value['most']}" if "most" in value else "")
    else:
        key, words = "queue_run", value["queue_run"]
    return f"`{rule}`: {words}{MARKS[retry[key]['grade']]}"


def how_long(retry):
    limits = []
    if retry["lifetime"]["value"] != NO_LIFETIME:
        since = " from the first failure" if retry["lifetime_from"]["value"] == "first_failure" else ""
        limits.append(marked(retry["lifetime"]) + since)
    if "most_failures" in retry:
        most = retry["most_failures"]
        limits.append(f"{most['value']} failures{MARKS[most['grade']]}")
    return ", ".join(limits)


def sender_line(name, profile):
    retry = profile["retry"]
    hosts = f"{marked(profile['next_host'])}, {marked(profile['hosts_per_attempt'])}"
    after_dot = marked(profile["timeouts"]["data_done"])
    cells = [after_dot, marked(profile["timer"]), retry_rule(retry), how_long(retry), hosts]
    return f"| `{name}` | " + " | ".join(cells) + " |"


def receiver_line(name, profile):
    service_time = profile["service_time"]
    words = service_time["value"]
    if isinstance(words, dict):
        words = f"{words['distribution']} {words['median']}, sigma {words['sigma']:g}, to {words['max']}"
    words += MARKS[service_time["grade"]]
    if profile["commit"]["value"] == "before_work":
        words = "stores first, then waits: " + words
    if "deadline" in profile:
        words += f"; refuses after {marked(profile['deadline'])}"
    suppresses = ""
    if "suppress" in profile:
        suppresses = f"{marked(profile['suppress']['key'])}, {marked(profile['suppress']['window'])}"
    others = [marked(profile[key]) for key in ("client_timeout", "hop_limit", "gone_client")]
    cells = [words, *others, suppresses]
    return f"| `{name}` | " + " | ".join(cells) + " |"


def lines_of_files():
    for folder, line in (("senders", sender_line), ("receivers", receiver_line)):
        for path in sorted((ROOT / "profiles" / folder).glob("*.toml")):
            yield line(path.stem, tomllib.loads(path.read_text()))


def main():
    expected = list(lines_of_files())
    if sys.argv[1:] == ["--show"]:
        print("\n".join(expected))
        return 0
    page = (ROOT / "docs" / "profiles.md").read_text().splitlines()
    printed = [line for line in page if line.startswith("| `") and line.count(" | ") == 5]
    for line in expected:
        if line not in printed:
            print(f"docs/profiles.md lacks: {line}")
    for line in printed:
        if line not in expected:
            print(f"docs/profiles.md has, and no file says: {line}")
    return 0 if sorted(expected) == sorted(printed) else 1


if __name__ == "__main__":
    sys.exit(main())

"""One run of the study as a cell of its table: what is shown, and what must be the same next time."""

import contextlib
import dataclasses
import json
import sqlite3

VERDICTS = ["once", "duplicated", "ghost", "failed", "lost", "pending", "corrupted", "unobserved"]
WORDS = {
    "ghost": "delivered, though the client gave up",
    "failed": "not delivered",
    "lost": "**LOST**",
    "pending": "still queued",
    "corrupted": "**DAMAGED**",
    "unobserved": "not seen",
}
# How these end depends on the instant: only what must never happen is compared.
RACES = {"killed", "paused", "client-gone"}
# Some duplicates escape its suppression where a user gets several messages at once.
RACING_SERVERS = {"dovecot-sieve"}


@dataclasses.dataclass
class Cell:
    text: str
    verdict: dict
    program: str = ""  # The server's name and version.
    page: str = ""     # The run's summary, as Markdown; empty: there was no run.
    facts: dict | None = None  # What the text beside the tables is made of.


# Taken over from a run's summary.
FACTS = ["verdicts", "routes", "copies_suppressed", "discrepancies"]
REACHED = ["once", "duplicated", "ghost", "corrupted"]
LINES_QUOTED = 2


def seconds(ms):
    return f"{ms / 1000:.1f} s"


def text_of(role, summary):
    counts = summary["verdicts"]
    parts = []
    for name in VERDICTS:
        if not counts[name]:
            continue
        words = WORDS.get(name, name)
        more = f" (+{summary['extra_copies']})" if name == "duplicated" else ""
        parts.append(f"{counts[name]} {words}{more}")
    if summary["copies_suppressed"]:
        parts.append(f"{summary['copies_suppressed']} suppressed")
    if summary["discrepancies"]:
        parts.append(f"{summary['discrepancies']} with other than one copy for each 250")
    if summary["unexpected"]:
        parts.append(f"{summary['unexpected']} unexpected")
    elsewhere = summary["routes"]["next_host"]
    if elsewhere:
        parts.append(f"{elsewhere} at the other host")
    if role == "senders" and summary["time_to_acknowledge_ms"]["count"]:
        parts.append(f"the last 250 after {seconds(summary['time_to_acknowledge_ms']['max'])}")
    return "; ".join(parts) or "nothing"


def patience(run):
    """How long after its first dot the server gave up waiting, and when it tried again, in ms; None
    where that was not seen, or did not happen."""
    with contextlib.closing(sqlite3.connect(f"file:{run}/ledger.sqlite?mode=ro", uri=True)) as ledger:
        attempts = ledger.execute(
            "SELECT waited_ms, started_ms, ended_ms, reason FROM attempts ORDER BY attempt").fetchall()
    waited, _, ended, reason = attempts[0]
    again = attempts[1][1] - (ended - waited) if len(attempts) > 1 else None
    return (None if reason == "unseen" else waited), again


def text_of_patience(waited, again):
    text = f"gave up {seconds(waited)} after the dot" if waited else "gave up unseen"
    return text + (f", tried again {seconds(again)} after it" if again else "")


def verdict_of(server, summary):
    never = {"lost": summary["verdicts"]["lost"] > 0, "corrupted": summary["verdicts"]["corrupted"] > 0}
    if summary["scenario"] in RACES or server in RACING_SERVERS:
        return never
    return never | {
        "verdicts": sorted(key for key, count in summary["verdicts"].items() if count),
        "causes": sorted(key for key, count in summary["causes"].items() if count),
        "routes": sorted(key for key, count in summary["routes"].items() if count),
        "suppressed": summary["copies_suppressed"] > 0,
        "a copy for each 250": summary["discrepancies"] == 0,
    }


def cell_of(role, server, run, words):
    """`run`: the run's folder, or None where there is none; `words` then say why."""
    if run is None:
        return Cell(f"no run: {words}", {"no run": True})
    summary = json.loads((run / "summary.json").read_text())
    text = text_of(role, summary)
    waits = patience(run) if summary["scenario"] == "full-length" else None
    if waits:
        text += f"; {text_of_patience(*waits)}"
    if summary["incomplete"]:
        text += f"; incomplete: {summary['incomplete'][0]}"
    # The server that the cell is about comes last.
    account = summary["servers"][-1] if summary["servers"] else {"program": "", "said": {}, "lines": []}
    facts = {name: summary[name] for name in FACTS}
    dots = summary["latency_ms"].get("data_done", {"count": 0, "censored": 0})
    reached = sum(summary["verdicts"][name] for name in REACHED)
    # Whose final dot was sent, with one recipient each, and who got nothing.
    facts["discarded"] = max(0, dots["count"] + dots["censored"] - reached)
    facts |= {"said": account["said"], "lines": account["lines"][:LINES_QUOTED]}
    times = summary["time_to_delivery_ms"]
    facts["patience_ms"] = waits
    facts["delivered_ms"] = [times["p50"], times["max"]] if times["count"] else None
    return Cell(text, verdict_of(server, summary), account["program"],
                (run / "summary.md").read_text(), facts)

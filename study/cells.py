"""One run of the study as a cell of its table: what is shown, and what must be the same next time."""

import dataclasses
import json
import pathlib

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


@dataclasses.dataclass
class Cell:
    text: str
    verdict: dict
    run: pathlib.Path | None = None
    summary: dict | None = None

    @property
    def server(self):
        """The server that the cell is about: its program and version, changes, and log lines."""
        servers = self.summary["servers"] if self.summary else []
        return servers[-1] if servers else {"program": "", "said": {}, "lines": [], "changes": []}


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


def verdict_of(name, summary):
    never = {"lost": summary["verdicts"]["lost"] > 0, "corrupted": summary["verdicts"]["corrupted"] > 0}
    if name in RACES:
        return never
    return never | {
        "verdicts": sorted(key for key, count in summary["verdicts"].items() if count),
        "causes": sorted(key for key, count in summary["causes"].items() if count),
        "routes": sorted(key for key, count in summary["routes"].items() if count),
        "suppressed": summary["copies_suppressed"] > 0,
        "a copy for each 250": summary["discrepancies"] == 0,
    }


def cell_of(role, run, words):
    """`run`: the run's folder, or None where there is none; `words` then say why."""
    if run is None:
        return Cell(f"no run: {words}", {"no run": True})
    summary = json.loads((run / "summary.json").read_text())
    text = text_of(role, summary)
    if summary["incomplete"]:
        text += f"; incomplete: {summary['incomplete'][0]}"
    return Cell(text, verdict_of(summary["scenario"], summary), run, summary)

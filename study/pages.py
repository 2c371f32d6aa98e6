"""What is published of the study, and how a new one is held against it."""

import json
import shutil
import sys

import cells

HEAD = """# What real mail servers do when the 250 is late or lost

Written by `./dev study`, from its runs alone. Each cell tells what became of the messages of one run (pairs of message and recipient where there are
several recipients), and links to the run's summary. Seeds stand in the scenarios, the columns' names. Copies were counted in the server's own mailboxes
(for receivers), or at a receiver of ours behind the impairment layer (for senders).

"""

QUESTIONS = {"receivers": "Real servers as receivers", "senders": "Real servers as senders"}

NOTES = {
    "receivers": "`(+n)`: copies more than one for each. `suppressed`: accepted on the wire and kept out of the mailbox by the server itself.\n"
                 "The client of `client-gone` never learns of any 250, so that its messages are either delivered all the same, or not at all.",
    "senders": "With timers that were made short: 3 s after the dot, 5 s to the next try (OpenSMTPD's are compiled in; its clock ran a hundred times\n"
               "as fast); `full-length` leaves them as they are. `the last 250`: from the submission of a message to the 250 that its\n"
               "server read, at most.",
}


def cell_path(role, server, name):
    return f"runs/{role}/{server}/{name}.md"


def names_in_order(plan, role):
    names = []
    for planned_role, _, path in plan:
        if planned_role == role and path.stem not in names:
            names.append(path.stem)
    return names


def servers_in_order(plan, role):
    servers = []
    for planned_role, server, _ in plan:
        if planned_role == role and server not in servers:
            servers.append(server)
    return servers


def questions(plan, role):
    lines = []
    for name in names_in_order(plan, role):
        path = next(path for planned_role, _, path in plan if planned_role == role and path.stem == name)
        comment = []
        for line in path.read_text().splitlines():
            if not line.startswith("#"):
                break
            comment.append(line.lstrip("# "))
        lines.append(f"- **{name}**: {' '.join(comment)}")
    return "\n".join(lines) + "\n"


def table(study, plan, role, show):
    """Servers by scenarios; `show(server, name, cell)` yields what a cell holds."""
    names = names_in_order(plan, role)
    text = "| | " + " | ".join(names) + " |\n|" + " --- |" * (len(names) + 1) + "\n"
    for server in servers_in_order(plan, role):
        row = [show(server, name, study[(role, server, name)]) for name in names]
        text += f"| {server} | " + " | ".join(row) + " |\n"
    return text


def linked(role):
    return lambda server, name, cell: (
        f"[{cell.text}]({cell_path(role, server, name)})" if cell.page else cell.text)


def delivery_times(_server, _name, cell):
    times = cell.facts and cell.facts["delivered_ms"]
    return f"{times[0] / 1000:.2f}, {times[1] / 1000:.2f}" if times else "-"


def log_lines(_server, _name, cell):
    said = cell.facts["said"] if cell.facts else {}
    return ", ".join(f"{count} {means.replace('_', ' ')}" for means, count in sorted(said.items())) or "-"


def programs(study):
    return sorted({cell.program for cell in study.values() if cell.program})


def listed(names):
    return ", ".join(names) if names else "none"


def who(study, role, name, holds):
    return [server for (cell_role, server, scenario), cell in sorted(study.items())
            if cell_role == role and scenario == name and cell.facts and holds(cell.facts)]


def own_timers(study, which):
    """"haraka 30.0 s", by time; `which`: 0 when it gave up, 1 when it tried again."""
    times = [(cell.facts["patience_ms"][which], server)
             for (_, server, _), cell in study.items() if cell.facts and cell.facts.get("patience_ms")]
    seen = sorted((ms, server) for ms, server in times if ms)
    unseen = sorted(server for ms, server in times if not ms)
    return listed([f"{server} {cells.seconds(ms)}" for ms, server in seen]
                  + [f"{server} unseen" for server in unseen])


def surprises(study):
    """Sentences that the runs themselves make."""
    gone = lambda holds: who(study, "receivers", "client-gone", holds)
    lines = [
        "Deliver a message whose client hung up before the 250, every time: "
        + listed(gone(lambda s: s["discarded"] == 0 and s["verdicts"]["ghost"] > 0)) + ".",
        "Did not deliver all of them, although every final dot had reached them: "
        + listed(gone(lambda s: s["discarded"] > 0)) + ".",
        "Suppress the second copy that a lost 250 makes: "
        + listed(who(study, "receivers", "dropped-250", lambda s: s["copies_suppressed"] > 0)) + ".",
        "Store one copy for each 250 they said, when 250s are lost: "
        + listed(who(study, "receivers", "dropped-250", lambda s: s["discrepancies"] == 0 and not s["copies_suppressed"])) + ".",
        "Lost mail that they had acknowledged, when every process was killed: "
        + listed(who(study, "receivers", "killed", lambda s: s["verdicts"]["lost"] > 0)) + ".",
        "Turned to the next host at once, although the first may have had the message: "
        + listed(who(study, "senders", "two-hosts", lambda s: s["routes"]["next_host"] > 0)) + ".",
        "Made no duplicate of a 250 that came six seconds late: "
        + listed(who(study, "senders", "late-250", lambda s: s["verdicts"]["duplicated"] == 0)) + ".",
        "With their own timers gave up the wait for the 250 after: " + own_timers(study, 0) + ".",
        "With their own timers sent the message again, so long after its first dot: " + own_timers(study, 1) + ".",
        "Say in their log that a message may be sent more than once: "
        + listed(sorted({server for (role, server, _), cell in study.items()
                         if role == "senders" and cell.facts
                         and cell.facts["said"].get("may_be_sent_twice")})) + ".",
    ]
    return "".join(f"- {line}\n" for line in lines)


def quotations(study):
    text = ""
    for (role, server, name), cell in sorted(study.items()):
        if name not in ("dropped-250", "client-gone", "cut-after-dot") or not cell.facts:
            continue
        for line in cell.facts["lines"]:
            text += f"- {server}, {role}, {name}: `{line.replace('`', chr(39))[:300]}`\n"
    return text


def publish(study, plan, folder):
    shutil.rmtree(folder, ignore_errors=True)
    for (role, server, name), cell in study.items():
        if not cell.page:
            continue
        target = folder / cell_path(role, server, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(cell.page)
    text = HEAD + "Versions: " + ", ".join(programs(study)) + ".\n"
    text += "\n## What surprises\n\n" + surprises(study)
    for role, title in QUESTIONS.items():
        if not names_in_order(plan, role):
            continue
        text += f"\n## {title}\n\n{questions(plan, role)}\n"
        text += f"{table(study, plan, role, linked(role))}\n{NOTES[role]}\n"
        text += "\nSeconds to delivery (from the submission of a message to its first copy): median, longest.\n\n"
        text += table(study, plan, role, delivery_times)
        text += "\nLines of their logs, by what they mean.\n\n" + table(study, plan, role, log_lines)
    text += "\n## Words from their logs\n\n" + quotations(study)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(text)
    verdicts = [{"role": role, "server": server, "scenario": name, "program": cell.program,
                 "verdict": cell.verdict, "text": cell.text, "facts": cell.facts}
                for (role, server, name), cell in sorted(study.items())]
    (folder / "verdicts.json").write_text(json.dumps(verdicts, indent=1) + "\n")


def read_verdicts(folder):
    """What is published, by role, server and scenario."""
    file = folder / "verdicts.json"
    rows = json.loads(file.read_text()) if file.exists() else []
    return {(one["role"], one["server"], one["scenario"]): one for one in rows}


def published_cell(folder, role, server, name):
    """A cell as it was published; one that says so where there is none."""
    one = read_verdicts(folder).get((role, server, name))
    page = folder / cell_path(role, server, name)
    if one is None or not page.exists():
        return cells.cell_of(role, server, None, "it was not run yet")
    return cells.Cell(one["text"], one["verdict"], one["program"], page.read_text(), one.get("facts"))


def compare(study, folder):
    """0 where every verdict that can be compared is the same."""
    known = read_verdicts(folder)
    differ = same = other = 0
    for key, cell in sorted(study.items()):
        before = known.get(key)
        if before is None or before["program"] != cell.program:
            other += 1
            continue
        if before["verdict"] == cell.verdict:
            same += 1
            continue
        differ += 1
        print(f"{' '.join(key)}: published {before['text']}; now {cell.text}", file=sys.stderr)
    print(f"{same} verdicts are as published, {differ} are not, {other} cannot be compared (other version, or not published)")
    return 1 if differ else 0

"""Says in words what changed from one evaluation of a pull request to the next. Pure; reads JSON alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.evaluation.why import Record, standing
from bot.text.oids import short


def changes(before: Record | None, after: Record) -> tuple[str, ...]:
    """List what changed, the cause before what follows from it; empty where nothing did that people can see."""
    if before is None:
        return ("first evaluation", *_done(after))
    parts = (
        _commits(before, after),
        _landed(before, after),
        _rules(before, after),
        _waits(before, after),
        _line(before, after),
        _done(after),
    )
    return tuple(change for part in parts for change in part)


def outcome(after: Record) -> str:
    """Name in one word or two where the pull request stands."""
    return standing(after).value.replace("-", " ")


def _commits(before: Record, after: Record) -> Iterator[str]:
    if before.get("head") != after.get("head"):
        yield f"head {_short(before)} → {_short(after)}"
    for key, words in (("policy", "policy"), ("base_branch", "base branch"), ("kind", "kind of change")):
        if before.get(key) != after.get(key):
            yield f"{words} {before.get(key) or 'none'} → {after.get(key) or 'none'}"
    if before.get("state") != after.get("state"):
        yield {"merged": f"merged as {short(str(after.get('merge_commit')))}"}.get(
            str(after.get("state")), f"{before.get('state')} → {after.get('state')}"
        )


def _landed(before: Record, after: Record) -> Iterator[str]:
    """Say what was found of the landed commit, where it is not simply what was judged."""
    landed = after.get("landed") or {}
    if landed == (before.get("landed") or {}):
        return
    if landed["content"] != "same":
        yield {"different": "landed otherwise than judged"}.get(landed["content"], "what landed was not compared")
    yield from (f"moved meanwhile: {one['said']}" for one in landed["moved"])


def _short(record: Record) -> str:
    return short(str(record.get("head")))


def _rules(before: Record, after: Record) -> Iterator[str]:
    then, now = _by_name(before), _by_name(after)
    for name in dict.fromkeys((*now, *then)):
        was, is_now = then.get(name), now.get(name)
        if is_now is None:
            yield f"{name} judges no more"
        elif was is None:
            yield f"{name}: {is_now['outcome']}"
        else:
            yield from (f"{name} {change}" for change in _rule(was, is_now))


def _by_name(record: Record) -> Mapping[str, Record]:
    return {rule["rule"]: rule for rule in record.get("rules", ())}


def _rule(was: Record, is_now: Record) -> Iterator[str]:
    for key in ("outcome", "mode"):
        if was[key] != is_now[key]:
            yield f"{was[key]} → {is_now[key]}"
    if was.get("override") != is_now.get("override"):
        given = is_now.get("override")
        yield f"overridden by {given['by']}: “{given['reason']}”" if given else "no longer overridden"
    if was["outcome"] == is_now["outcome"] and was.get("sentence") != is_now.get("sentence"):
        yield f"now says: {is_now.get('sentence') or 'nothing'}"


def _waits(before: Record, after: Record) -> Iterator[str]:
    """Name what is waited for anew, then what is waited for no more. What the rules hold is told by them."""
    then, now = (
        [str(wait["what"]) for wait in one.get("waiting_for", ()) if not _of_rules(wait)] for one in (before, after)
    )
    if after.get("state") in ("merged", "closed"):
        return
    yield from (f"waits: {what}" for what in now if what not in then)
    yield from (f"no longer: {what}" for what in then if what not in now)


def _of_rules(wait: Record) -> bool:
    return str(wait["what"]).startswith("andon's rules say")


def _line(before: Record, after: Record) -> Iterator[str]:
    was, is_now = (one.get("line") or {} for one in (before, after))
    if was.get("lane") != is_now.get("lane") and "fix" in (was.get("lane"), is_now.get("lane")):
        yield "takes the lane for fixes" if is_now.get("lane") == "fix" else "leaves the lane for fixes"
    elif was and is_now and was["place"] != is_now["place"]:
        yield f"place {was['place']} → {is_now['place']} in line"
    elif bool(was) != bool(is_now):
        yield "joins the line" if is_now else "leaves the line"


def _done(after: Record) -> Iterator[str]:
    """Name what andon did or tried, but for what it merely showed."""
    for action in after.get("actions", ()):
        shows = action["action"] in ("create-check-run", "create-comment", "update-comment", "react")
        if action["result"] == "done" and not shows:
            yield f"andon did: {action['what']}"
        elif action["result"] in ("refused", "failed"):
            yield f"{action['what']}: {action['result']}: “{action['said']}”"

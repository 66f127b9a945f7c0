"""Routes of check runs and commit statuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator import report_shapes
from simulator.ci import change_check, report_status, start_check
from simulator.records import CheckRun, CheckRunState
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.records import Json

MAX_TEXT = 65_535  # characters of summary and of text (OpenAPI, create a check run)
MAX_ANNOTATIONS = 50  # in one request; later requests append (same)
MAX_ACTIONS = 3  # buttons (same)
ACTION_TEXTS = {"label": 20, "description": 40, "identifier": 20}  # characters of each (same)
MAX_ANNOTATION_TEXT = 64 * 1024  # bytes of message and of raw details (same)
CONCLUSIONS = frozenset({
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"
})  # `stale` is GitHub's alone  # fmt: skip
STATES = frozenset({"error", "failure", "pending", "success"})


def _invalid(message: str) -> Refusal:
    return Refusal(422, f"Invalid request.\n\n{message}")


def _moment(value: str | None) -> float | None:
    return None if value is None else datetime.fromisoformat(value).timestamp()


def _output_checked(output: Json) -> None:
    for name in ("summary", "text"):
        if len(output.get(name) or "") > MAX_TEXT:
            raise _invalid(f"Only {MAX_TEXT} characters are allowed; {len(output[name])} were supplied.")
    annotations = output.get("annotations", [])
    if len(annotations) > MAX_ANNOTATIONS:
        raise _invalid(f"No more than {MAX_ANNOTATIONS} items are allowed; {len(annotations)} were supplied.")
    for annotation in annotations:
        _annotation_checked(annotation)


def _annotation_checked(annotation: Json) -> None:
    for name in ("path", "start_line", "end_line", "annotation_level", "message"):
        if name not in annotation:
            raise _invalid(f'"{name}" wasn\'t supplied.')
    if annotation["start_line"] != annotation["end_line"] and {"start_column", "end_column"} & annotation.keys():
        raise _invalid("start_column and end_column are only allowed where start_line equals end_line.")
    if any(len(annotation.get(name, "").encode()) > MAX_ANNOTATION_TEXT for name in ("message", "raw_details")):
        raise _invalid("An annotation's message and raw_details are at most 64 KB each.")


def _actions_checked(actions: list[Json]) -> None:
    if len(actions) > MAX_ACTIONS:
        raise _invalid(f"No more than {MAX_ACTIONS} items are allowed; {len(actions)} were supplied.")
    for action in actions:
        for name, longest in ACTION_TEXTS.items():
            if not isinstance(action.get(name), str):
                raise _invalid(f'"{name}" wasn\'t supplied.')
            if len(action[name]) > longest:
                raise _invalid(f"Only {longest} characters are allowed; {len(action[name])} were supplied.")


def _written(ask: Ask, before: CheckRunState) -> CheckRunState:
    """Work out the state after a write. Annotations append; output is replaced by what was sent."""
    body = ask.body
    output: Json = body.get("output") or {}
    _output_checked(output)
    _actions_checked(body.get("actions", []))
    simple = {name: body[name] for name in ("external_id", "details_url") if name in body}
    words = {name: output[name] for name in ("title", "summary", "text") if name in output}
    annotations = (*before.annotations, *output.get("annotations", ()))
    state = replace(before, **simple, **words, annotations=annotations)
    if "actions" in body:
        state = replace(state, actions=tuple(body["actions"]))
    return _progressed(ask, state)


def _progressed(ask: Ask, state: CheckRunState) -> CheckRunState:
    body, now = ask.body, ask.github.now()
    conclusion = body.get("conclusion")
    status = body.get("status", "completed" if conclusion else state.status)
    if conclusion is not None and conclusion not in CONCLUSIONS:
        raise _invalid(f"{conclusion} is not a member of {sorted(CONCLUSIONS)}.")
    started = _moment(body.get("started_at")) or state.started_at or now
    if status != "completed":
        return replace(state, status=status, conclusion=None, started_at=started, completed_at=None)
    conclusion = conclusion or state.conclusion
    if conclusion is None:
        raise _invalid('"conclusion" wasn\'t supplied: a completed check run needs one.')
    completed = _moment(body.get("completed_at")) or now
    return replace(state, status=status, conclusion=conclusion, started_at=started, completed_at=completed)


async def create(ask: Ask) -> Answer:
    """Create a check run."""
    repo = ask.repo
    name, sha = ask.required("name"), ask.required("head_sha")
    if await repo.history.commit(sha) is None:
        raise Refusal(422, f"No commit found for SHA: {sha}")
    run = await start_check(repo, ask.github.app, (name, sha), _written(ask, CheckRunState()))
    return Answer(201, report_shapes.check_run(repo, run))


def _run(ask: Ask) -> CheckRun:
    run = ask.repo.check_runs.get(ask.number("check_run_id"))
    if run is None:
        raise Refusal(404, "Not Found")
    return run


async def update(ask: Ask) -> Answer:
    """Change a check run; only its own App may."""
    run = _run(ask)
    if run.app.id != ask.github.app_id:
        raise Refusal(
            403,
            f"Invalid app_id `{ask.github.app_id}` - check run can only be modified by the GitHub App that created it.",
        )
    run.name = ask.body.get("name", run.name)
    await change_check(ask.repo, run, _written(ask, run.state))
    return Answer(200, report_shapes.check_run(ask.repo, run))


async def listed(ask: Ask) -> Answer:
    """List the check runs of a commit: the newest of each name, or with `filter=all` every one."""
    repo = ask.repo
    ref = ask.parameters["ref"]
    sha = repo.branches.get(ref, ref)
    runs = repo.checks_on.get(sha, []) if ask.query.get("filter") == "all" else repo.newest_checks(sha)
    wanted: dict[str, Any] = {name: ask.query.get(name) for name in ("check_name", "app_id", "status")}
    chosen = [run for run in runs if _matches(run, wanted)]
    rows, headers = ask.page(chosen)
    return Answer(
        200, {"total_count": len(chosen), "check_runs": [report_shapes.check_run(repo, r) for r in rows]}, headers
    )


def _matches(run: CheckRun, wanted: dict[str, str | None]) -> bool:
    facts = {"check_name": run.name, "app_id": str(run.app.id), "status": run.status}
    return all(value is None or facts[name] == value for name, value in wanted.items())


async def status(ask: Ask) -> Answer:
    """Report a commit status."""
    repo, sha = ask.repo, ask.parameters["sha"]
    if await repo.history.commit(sha) is None:
        raise Refusal(422, f"No commit found for SHA: {sha}")
    state = ask.required("state")
    if state not in STATES:
        raise _invalid(f"{state} is not a member of {sorted(STATES)}.")
    words = (sha, ask.body.get("context", "default"), state, ask.body.get("description"), ask.body.get("target_url"))
    return Answer(201, report_shapes.status(repo, await report_status(repo, ask.github.app.bot, words)))


ROUTES = (
    Route("POST", "/repos/{owner}/{repo}/check-runs", create, ("checks", "write")),
    Route("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}", update, ("checks", "write")),
    Route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", listed, ("checks", "read")),
    Route("POST", "/repos/{owner}/{repo}/statuses/{sha}", status, ("statuses", "write")),
)

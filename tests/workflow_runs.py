"""Runs a workflow file's own steps in a real shell against the simulated GitHub, as far as the examples need it.

`gh` is written here with the options that the examples use and refuses all others; `actions/checkout` does nothing.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from simulator import report_shapes
from simulator.deployments import Deployment
from simulator.records import Dispatch
from simulator.repository import Repository

EXAMPLES = Path(__file__).parents[1] / "examples"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")

GH = """#!{python}
import json, os, sys, urllib.request
words, given, jq = sys.argv[1:], {{}}, None
assert words.pop(0) == "api"
method, path = words[words.index("--method") + 1], None
while words:
    word = words.pop(0)
    if word == "--method":
        words.pop(0)
    elif word == "--jq":
        jq = words.pop(0)
    elif word in ("-f", "-F"):
        name, is_set, value = words.pop(0).partition("=")
        typed = json.loads(value) if word == "-F" and is_set else value
        given[name.removesuffix("[]")] = [] if not is_set else typed
    else:
        assert path is None and not word.startswith("-"), word
        path = word
asked = urllib.request.Request(
    f"{{os.environ['GITHUB_API_URL']}}/{{path}}", json.dumps(given).encode(), method=method,
    headers={{"Authorization": f"Bearer {{os.environ['GH_TOKEN']}}", "Content-Type": "application/json"}},
)
with urllib.request.urlopen(asked) as answer:
    told = json.load(answer)
print(told[jq.removeprefix(".")] if jq else json.dumps(told))
"""


def workflow(name: str) -> Mapping[str, Any]:
    """Read an example; `on` stays a word, and so does every value."""
    text = (EXAMPLES / "github-actions" / name).read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - gives nothing but text, lists, mappings
    return loaded


def types_of(name: str) -> list[str]:
    """List the types of `repository_dispatch` that an example listens to."""
    on = workflow(name)["on"]
    listed: list[str] = on.get("repository_dispatch", {}).get("types", []) if isinstance(on, dict) else []
    return listed


@dataclass
class Run:
    """One run of an example for one event. `scripts` are what the repository holds, by name, as shell."""

    repository: Repository
    directory: Path
    event: Mapping[str, Any]
    scripts: Mapping[str, str] = field(default_factory=dict)
    status: str = "success"
    said: list[str] = field(default_factory=list)

    async def plays(self, name: str) -> str:
        """Run every job of an example one after the other; give how the last one ended."""
        for job in workflow(name)["jobs"].values():
            if "if" not in job or self._worth(job["if"], ""):
                self.status = "success"
                await self._job(job)
        return self.status

    async def _job(self, job: Mapping[str, Any]) -> None:
        repo = self.repository
        assert repo.installation is not None
        token = repo.installation.mint(dict(job.get("permissions", {})), None)
        repo.github.tokens[token.text] = token
        environment = self._prepared()
        environment |= {key: self._filled(one, token.text) for key, one in job.get("env", {}).items()}
        for step in job["steps"]:
            if "run" not in step or not self._worth(step.get("if", "success()"), token.text):
                continue
            own = {key: self._filled(one, token.text) for key, one in step.get("env", {}).items()}
            await self._step(step["run"], environment | own)
            kept = (self.directory / "env").read_text(encoding="utf-8").splitlines()
            environment |= dict(line.split("=", 1) for line in kept)

    def _prepared(self) -> dict[str, str]:
        tools = self.directory / "tools"
        tools.mkdir(parents=True, exist_ok=True)
        for path, text in [
            (tools / "gh", GH.format(python=sys.executable)),
            *((self.directory / name, f"#!/bin/sh\n{text}\n") for name, text in self.scripts.items()),
        ]:
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755)
        for name in ("env", "summary"):
            (self.directory / name).touch()
        return {
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_API_URL": self.repository.github.url,
            "GITHUB_REPOSITORY": self.repository.full_name,
            "GITHUB_ENV": str(self.directory / "env"),
            "GITHUB_STEP_SUMMARY": str(self.directory / "summary"),
        }

    async def _step(self, script: str, environment: Mapping[str, str]) -> None:
        assert not EXPRESSION.search(script), "what comes from outside goes through the environment"
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-eo",
            "pipefail",
            "-c",
            script,
            cwd=self.directory,
            env=dict(environment),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        self.said.append(output.decode())
        if process.returncode:
            self.status = "failure"

    def _filled(self, text: str, token: str) -> str:
        return EXPRESSION.sub(lambda found: str(self._worth(found[1], token)), text)

    def _worth(self, expression: str, token: str) -> Any:
        """Work out `||` of `&&` of values and `==`, as GitHub's expressions do."""
        found: Any = ""
        for alternative in expression.split("||"):
            for part in alternative.split("&&"):
                left, compares, right = (word.strip() for word in part.partition("=="))
                found = self._atom(left, token)
                found = found == self._atom(right, token) if compares else found
                if not found:
                    break
            if found:
                break
        return found

    def _atom(self, word: str, token: str) -> Any:
        if word.startswith("'"):
            return word.strip("'")
        functions = {"always()": True, "success()": self.status == "success", "failure()": self.status == "failure"}
        if word.endswith("()"):
            return functions.get(word, False)
        repo = self.repository
        found: Any = {
            "github": {
                "token": token,
                "repository": repo.full_name,
                "server_url": "https://github.com",
                "run_id": 1,
                "event": self.event,
            },
            "job": {"status": self.status},
        }
        for key in word.split("."):
            found = found[key]
        return found


def of_deployment(deployment: Deployment) -> Mapping[str, Any]:
    """Give the event of a deployment as workflows see it."""
    return {"deployment": report_shapes.deployment(deployment)}


def of_dispatch(dispatch: Dispatch) -> Mapping[str, Any]:
    """Give the event of a `repository_dispatch` as workflows see it."""
    return {"action": dispatch.name, "client_payload": dispatch.payload}


def told(dispatches: Sequence[Dispatch]) -> list[str]:
    """List the types that were sent, in order."""
    return [one.name for one in dispatches]

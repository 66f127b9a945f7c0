"""How GitHub writes what it knows as JSON: people, repositories, commits, checks, deployments.

Every object is whole, because the official descriptions require whole ones; a field the simulator has no use for
carries the value of a quiet, public repository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from simulator.clock import iso
from simulator.records import User

if TYPE_CHECKING:
    from simulator.history import CommitFacts, FileDiff
    from simulator.records import App, Json
    from simulator.repository import Repository

GHOST = User(10137, "ghost")
SITE = "https://github.test"
REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
USER_LINKS = {
    "events_url": "/events{/privacy}",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "organizations_url": "/orgs",
    "received_events_url": "/received_events",
    "repos_url": "/repos",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
}
ZEROS = (
    "forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count", "watchers", "watchers_count"
)  # fmt: skip
FEATURES = ("has_downloads", "has_issues", "has_projects", "has_wiki", "has_pages", "has_discussions")


def node_id(kind: str, number: int) -> str:
    """Make an opaque id that is the same for the same thing."""
    return f"{kind}_{number:010d}"


def user(api: str, account: User) -> Json:
    """Write an account; a deleted one is `ghost` to REST (docs, deleting your personal account)."""
    account = GHOST if account.deleted else account
    name = quote(account.login)
    url = f"{api}/users/{name}"
    return {
        "id": account.id,
        "login": account.login,
        "node_id": node_id("U", account.id),
        "type": account.kind,
        "site_admin": False,
        "gravatar_id": "",
        "avatar_url": f"{SITE}/avatars/{account.id}",
        "html_url": f"{SITE}/{name}",
        "url": url,
        "user_view_type": "public",
    } | {name: url + tail for name, tail in USER_LINKS.items()}


def repository_api(repo: Repository) -> str:
    """Give a repository's address in the REST API."""
    return f"{repo.github.url}/repos/{repo.full_name}"


def repository(repo: Repository) -> Json:
    """Write a repository."""
    url = repository_api(repo)
    at = iso(repo.created_at)
    moments = {"created_at": at, "updated_at": at, "pushed_at": at}
    nothing: Json = {"description": None, "homepage": None, "language": None, "mirror_url": None, "license": None}
    html = f"{SITE}/{repo.full_name}"
    places = {"html_url": html, "clone_url": f"{html}.git", "svn_url": html, "url": url}
    places |= {"git_url": f"git://github.test/{repo.full_name}.git", "ssh_url": f"git@github.test:{repo.full_name}.git"}
    return {
        "id": repo.id,
        "node_id": node_id("R", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": user(repo.github.url, repo.owner),
        "private": repo.settings.private,
        "visibility": "private" if repo.settings.private else "public",
        "fork": False,
        "archived": repo.settings.archived,
        "disabled": False,
        "default_branch": repo.default_branch,
        "topics": [],
        **{name: url + tail for name, tail in REPOSITORY_LINKS.items()},
        **dict.fromkeys(ZEROS, 0),
        **dict.fromkeys(FEATURES, False),
        **moments,
        **nothing,
        **places,
    }


def small_repository(repo: Repository) -> Json:
    """Write a repository in the five fields of installation events."""
    number = repo.id
    private = repo.settings.private
    names = {"name": repo.name, "full_name": repo.full_name}
    return {"id": number, "node_id": node_id("R", number), "private": private, **names}


def app(api: str, subject: App, permissions: dict[str, str], at: float) -> Json:
    """Write a GitHub App."""
    return {
        "id": subject.id,
        "slug": subject.slug,
        "node_id": node_id("A", subject.id),
        "owner": user(api, subject.bot),
        "name": subject.slug,
        "description": None,
        "external_url": f"{SITE}/apps/{subject.slug}",
        "html_url": f"{SITE}/apps/{subject.slug}",
        "created_at": iso(at),
        "updated_at": iso(at),
        "permissions": permissions,
        "events": [],
    }


def pushed_commit(repo: Repository, facts: CommitFacts) -> Json:
    """Write a commit as push and check suite events do."""
    return {
        "id": facts.sha,
        "tree_id": facts.tree,
        "distinct": True,
        "message": facts.message,
        "timestamp": iso(facts.committer.at),
        "url": f"{SITE}/{repo.full_name}/commit/{facts.sha}",
        "author": {"name": facts.author.name, "email": facts.author.email},
        "committer": {"name": facts.committer.name, "email": facts.committer.email},
        "added": [],
        "removed": [],
        "modified": [],
    }


def commit(repo: Repository, facts: CommitFacts) -> Json:
    """Write a commit as the REST API does."""
    url = repository_api(repo)
    html = f"{SITE}/{repo.full_name}/commit"
    people = {"author": facts.author, "committer": facts.committer}
    signed: Json = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
    inner = {
        **{role: {"name": who.name, "email": who.email, "date": iso(who.at)} for role, who in people.items()},
        "message": facts.message,
        "tree": {"sha": facts.tree, "url": f"{url}/git/trees/{facts.tree}"},
        "url": f"{url}/git/commits/{facts.sha}",
        "comment_count": 0,
        "verification": signed,
    }
    return {
        "sha": facts.sha,
        "node_id": f"C_{facts.sha}",
        "commit": inner,
        "url": f"{url}/commits/{facts.sha}",
        "html_url": f"{html}/{facts.sha}",
        "comments_url": f"{url}/commits/{facts.sha}/comments",
        "author": None,
        "committer": None,
        "parents": [{"sha": sha, "url": f"{url}/commits/{sha}", "html_url": f"{html}/{sha}"} for sha in facts.parents],
    }


def file(repo: Repository, change: FileDiff, head: str) -> Json:
    """Write one changed file."""
    shown: Json = {
        "sha": change.blob,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{SITE}/{repo.full_name}/blob/{head}/{change.blob}",
        "raw_url": f"{SITE}/{repo.full_name}/raw/{head}/{change.blob}",
        "contents_url": f"{repository_api(repo)}/contents/{change.blob}?ref={head}",
    }
    if change.previous is not None:
        shown["previous_filename"] = change.previous
    if change.patch is not None:
        shown["patch"] = change.patch
    return shown

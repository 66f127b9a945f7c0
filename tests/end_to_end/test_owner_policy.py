"""One policy for all repositories of an owner: it governs where there is none, and what extends it."""

from __future__ import annotations

import pytest

from bot.address import Repository as Place
from bot.github.errors import Later
from bot.github.owner_policy import OwnerPolicies
from simulator.repository import Repository
from tests.end_to_end.conftest import CHECK_RUNS, LABEL, READY, Shop, lines

POLICY = ".github/andon.yml"


async def owners_repository(shop: Shop, policy: str, *, tell: bool = True) -> Repository:
    home = await shop.stage.github.create_repository("octo/.github", tell=tell)
    await home.commit("main", {POLICY: policy}, "One policy for all", tell=tell)
    return home


async def test_a_repository_without_a_policy_is_governed_by_its_owners(shop: Shop) -> None:
    await owners_repository(shop, READY)
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")
    await shop.stage.at_rest()

    small = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    large = await shop.repository.open_pull_request(files={"big.py": lines(31)})

    await shop.repository.ci.succeeds(small.head, "ci")
    await shop.merges(small)
    await shop.shows(large, "neutral")
    await shop.release_is(small, "deploying")
    await shop.stage.at_rest()
    run = large.check_run("andon")
    assert run is not None
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{large.number}")
    source = str(told["policy"])
    assert (source[:13], source[20:]) == ("octo/.github@", f":{POLICY}")
    assert f"policy `{source}`" in str(run.text)
    assert [deployment.sha for deployment in shop.repository.deployments] == [small.merge_commit]


async def test_a_repository_with_a_policy_of_its_own_is_governed_by_that_alone(shop: Shop) -> None:
    await owners_repository(shop, READY.replace("20", "3"))
    before = len(shop.stage.github.calls)

    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})

    await shop.shows(pull, "success")
    assert shop.calls_since(before)["query OwnerPolicy"] == 0


async def test_a_policy_that_extends_its_owners_replaces_rule_by_rule_and_keeps_the_rest(shop: Shop) -> None:
    await owners_repository(
        shop, "rules: {small-diff: {max-lines: 3}, pairing: hold}\nmerge: {when: label, label: go}\n"
    )
    await shop.repository.commit("main", {POLICY: "extends: owner\nrules: {small-diff: {max-lines: 20}}\n"}, "Extend")
    await shop.stage.at_rest()

    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})

    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert {one["rule"]: one["outcome"] for one in told["rules"]} == {"small-diff": "pass", "pairing": "waiting"}
    assert f"main:{POLICY}@" in told["policy"]
    assert ", over octo/.github@" in told["policy"]
    await pull.review("bob", "APPROVED")
    await shop.shows(pull, "success")
    run = pull.check_run("andon")
    assert "once the label `go` is set" in str(run and run.summary)


async def test_a_policy_that_extends_nothing_is_an_error_and_merges_nothing(shop: Shop) -> None:
    await shop.repository.commit("main", {POLICY: f"extends: owner\n{READY}"}, "Extend what is not there")
    await shop.stage.at_rest()

    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.shows(pull, "action_required")
    await shop.stage.at_rest()
    run = pull.check_run("andon")
    assert r":1\:10\: extends\: there is no owner's policy here to build on" in str(run and run.summary)
    assert not pull.merged


async def test_an_owners_repository_that_andon_may_not_read_is_no_default(shop: Shop) -> None:
    shop.stage.github.installations[shop.installation].selected = frozenset({"shop"})
    await owners_repository(shop, READY)
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")
    before = len(shop.stage.github.calls)

    pulls = [await shop.repository.open_pull_request(files={f"{at}.py": lines(5)}) for at in range(3)]
    await shop.stage.at_rest()

    assert [pull.check_run("andon") for pull in pulls] == [None] * 3
    assert shop.calls_since(before)["query OwnerPolicy"] == 0
    refused = [call for call in shop.stage.github.calls if call.kind.endswith("/access_tokens") and call.status == 422]
    assert len(refused) == 1


async def test_nobody_elses_policy_is_read_even_if_the_name_was_handed_on(shop: Shop) -> None:
    shop.stage.github.install("evil")
    home = await shop.stage.github.create_repository("evil/.github")
    await home.commit("main", {POLICY: READY}, "A policy for others")
    shop.stage.github.repositories["octo/.github"] = home
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")

    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    assert pull.check_run("andon") is None
    assert not pull.merged


async def test_a_former_name_of_another_repository_leads_to_no_policy(shop: Shop) -> None:
    home = await owners_repository(shop, LABEL)
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")
    first = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(first, "success")
    home.name = "handed-on"

    second = await shop.repository.open_pull_request(files={"other.py": lines(5)})
    await shop.stage.at_rest()

    assert second.check_run("andon") is None


async def test_a_push_to_the_owners_repository_has_the_others_looked_at_again(shop: Shop) -> None:
    home = await owners_repository(shop, LABEL.replace("20", "3"))
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()

    await home.commit("main", {POLICY: LABEL}, "Allow more")

    await shop.shows(pull, "success", within=10)


async def test_a_policy_that_extends_its_owners_is_looked_at_again_when_that_changes(shop: Shop) -> None:
    home = await owners_repository(shop, LABEL.replace("20", "3"))
    await shop.repository.commit("main", {POLICY: "extends: owner\n"}, "Extend")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()

    await home.commit("main", {POLICY: LABEL}, "Allow more")

    await shop.shows(pull, "success", within=10)


async def test_the_first_policy_of_an_owner_reaches_repositories_that_had_none(shop: Shop) -> None:
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)})
    await shop.stage.at_rest()
    silent = pull.check_run("andon")

    await owners_repository(shop, LABEL)

    await shop.shows(pull, "neutral", within=10)
    assert silent is None


async def test_an_owners_policy_that_is_wrong_stops_merges_and_says_where(shop: Shop) -> None:
    await owners_repository(shop, READY.replace("max-lines", "max-line"))
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")

    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.shows(pull, "action_required")
    run = pull.check_run("andon")
    assert r".github/andon.yml\:1\:22\: rules.small\-diff.max\-line" in str(run and run.summary)
    assert not pull.merged


@pytest.mark.parametrize("field", ["Repository.object", "Query.repository"])
async def test_a_policy_that_could_not_be_read_is_read_again_and_never_replaced_by_the_owners(
    shop: Shop, field: str
) -> None:
    await owners_repository(shop, READY.replace("20", "5000"))
    await shop.stage.at_rest()
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)}, tell=False)
    await shop.repository.ci.succeeds(pull.head, "ci", tell=False)
    shop.stage.github.partial_data(field)

    await shop.look(pull)

    await shop.shows(pull, "neutral")
    assert not pull.merged
    assert shop.writes_of(CHECK_RUNS) == 1


@pytest.mark.parametrize("field", ["Repository.object", "Query.repository"])
async def test_an_owners_policy_that_could_not_be_read_is_asked_for_later_and_not_taken_for_absent(
    shop: Shop, field: str
) -> None:
    await owners_repository(shop, READY)
    await shop.stage.at_rest()
    owners = OwnerPolicies(shop.stage.bench.github.connection, shop.stage.bench.clock)
    place = Place(shop.installation, "octo", "shop")
    shop.stage.github.partial_data(field)

    with pytest.raises(Later, match="did not give the owner's policy"):
        await owners.of(place)

    found = await owners.of(place)
    assert found is not None
    assert found.text == READY

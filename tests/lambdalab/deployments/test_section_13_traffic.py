"""Behaviours §13: how much traffic the new version has, and when; how deployments end."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lambdalab
from lambdalab.deployments.deployment_config import PREDEFINED, read_traffic_routing
from lambdalab.timeline import Attempt, DeploymentStatusChanged

CANARY = [(0, 0.1)]
EVERY_TENTH = [number / 10 for number in range(1, 11)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LambdaAllAtOnce", [(0, 1.0)]),
        *((f"LambdaCanary10Percent{m}Minutes", [(0, 0.1), (m, 1.0)]) for m in (5, 10, 15, 30)),
        ("LambdaLinear10PercentEvery1Minute", list(enumerate(EVERY_TENTH))),
        *(
            (f"LambdaLinear10PercentEvery{m}Minutes", [(m * n, share) for n, share in enumerate(EVERY_TENTH)])
            for m in (2, 3, 10)
        ),
    ],
)
def test_every_predefined_configuration(shop: Any, name: str, expected: list[tuple[int, float]]) -> None:
    # GIVEN a deployment group with a predefined configuration
    shop.group(f"CodeDeployDefault.{name}")
    # WHEN version 2 is deployed
    deployment = shop.deploy()
    shop.cloud.run_until_idle()
    # THEN its share rises at these minutes, and the alias ends at version 2 alone
    assert shop.shifts(deployment) == expected
    assert shop.alias == ("2", {})
    assert shop.info(deployment)["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("routing", "expected"),
    [
        (
            {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 33, "canaryInterval": 7}},
            [(0, 0.33), (7, 1.0)],
        ),
        (
            {"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 40, "linearInterval": 2}},
            [(0, 0.4), (2, 0.8), (4, 1.0)],
        ),
        ({"type": "AllAtOnce"}, [(0, 1.0)]),
    ],
)
def test_a_configuration_of_one_s_own(shop: Any, routing: dict[str, Any], expected: list[tuple[int, float]]) -> None:
    shop.codedeploy.create_deployment_config(
        deploymentConfigName="mine", computePlatform="Lambda", trafficRoutingConfig=routing
    )
    shop.group()
    deployment = shop.deploy(deploymentConfigName="mine")
    shop.cloud.run_until_idle()
    assert shop.shifts(deployment) == expected
    info = shop.codedeploy.get_deployment_config(deploymentConfigName="mine")["deploymentConfigInfo"]
    assert info["trafficRoutingConfig"] == routing


@given(share=st.integers(1, 99), interval=st.integers(1, 2000), minute=st.integers(0, 5000), linear=st.booleans())
def test_property_the_weight_is_section_13_s_formula(share: int, interval: int, minute: int, linear: bool) -> None:
    word = "linear" if linear else "canary"
    part = {f"{word}Percentage": share, f"{word}Interval": interval}
    routing = {"type": f"TimeBased{word.capitalize()}", f"timeBased{word.capitalize()}": part}
    steps = read_traffic_routing("c", routing, "", 0).steps
    weight = [percentage for start, percentage in steps if start <= minute][-1]
    if linear:
        assert weight == min(100, share * (1 + minute // interval))
    else:
        assert weight == (share if minute < interval else 100)


def test_the_predefined_ones_are_listed(shop: Any) -> None:
    listed = shop.codedeploy.list_deployment_configs()["deploymentConfigsList"]
    assert listed == list(PREDEFINED)
    assert len(listed) == 9


def test_statuses_and_times(shop: Any) -> None:
    shop.group()
    deployment = shop.deploy()
    assert shop.info(deployment)["status"] == "Created"
    shop.cloud.advance(seconds=2)
    info = shop.info(deployment)
    assert (info["status"], info["deploymentOverview"]["InProgress"]) == ("InProgress", 1)
    assert shop.events(deployment) == {
        "BeforeAllowTraffic": "Succeeded",
        "AllowTraffic": "InProgress",
        "AfterAllowTraffic": "Pending",
    }
    target = shop.codedeploy.batch_get_deployment_targets(deploymentId=deployment, targetIds=["shop:live"])
    assert target["deploymentTargets"][0]["lambdaTarget"]["lambdaFunctionInfo"] == {
        "functionName": "shop",
        "functionAlias": "live",
        "currentVersion": "1",
        "targetVersion": "2",
        "targetVersionWeight": 10.0,
    }
    shop.cloud.advance(minutes=5)
    info = shop.info(deployment)
    assert info["status"] == "Succeeded"
    assert info["createTime"] < info["startTime"] < info["completeTime"]
    assert "errorInformation" not in info
    assert "rollbackInfo" not in info
    changes = shop.cloud.timeline.of(DeploymentStatusChanged)
    assert [change.status for change in changes] == ["Created", "InProgress", "Succeeded"]


def test_invocations_follow_the_weights(shop: Any) -> None:
    # GIVEN a linear deployment, and twenty calls of the alias in every minute
    shop.group("CodeDeployDefault.LambdaLinear10PercentEvery1Minute")
    shop.deploy()
    shares = []
    shop.cloud.advance(seconds=2)
    for _ in range(10):
        answers = [shop.functions.invoke(FunctionName="shop:live")["ExecutedVersion"] for _ in range(20)]
        shares.append(answers.count("2") / 20)
        shop.cloud.advance(seconds=59.9)
    # THEN the new version's share rises from about a tenth to all of them
    assert shares[0] < 0.4
    assert shares[-1] == 1.0
    assert sum(shares) / 10 == pytest.approx(0.55, abs=0.12)
    assert len(shop.cloud.timeline.of(Attempt)) == 200


def test_the_alias_gets_a_revision_with_every_shift(shop: Any) -> None:
    shop.group()
    seen = [shop.functions.get_alias(FunctionName="shop", Name="live")["RevisionId"]]
    shop.deploy()
    for minutes in (1, 5):
        shop.cloud.advance(minutes=minutes)
        seen.append(shop.functions.get_alias(FunctionName="shop", Name="live")["RevisionId"])
    assert len(set(seen)) == 3


YAML = """
version: 0.0
Resources:
  - shop:
      Type: AWS::Lambda::Function
      Properties:
        Name: shop
        Alias: live
        CurrentVersion: 1
        TargetVersion: 2
"""


@pytest.mark.parametrize("place", ["AppSpecContent", "String", "S3", "version of S3"])
def test_the_appspec_file_in_yaml_from_everywhere(shop: Any, place: str) -> None:
    shop.group("CodeDeployDefault.LambdaAllAtOnce")
    if place in ("AppSpecContent", "String"):
        revision = shop.revision(YAML) | {"revisionType": place}
        revision["appSpecContent" if place == "AppSpecContent" else "string"] = {
            "content": YAML,
            "sha256": hashlib.sha256(YAML.encode()).hexdigest(),
        }
        if place == "String":
            del revision["appSpecContent"]
    else:
        s3 = lambdalab_s3()
        s3.create_bucket(Bucket="specs")
        s3.put_bucket_versioning(Bucket="specs", VersioningConfiguration={"Status": "Enabled"})
        version = s3.put_object(Bucket="specs", Key="appspec.yaml", Body=YAML.encode())["VersionId"]
        location = {"bucket": "specs", "key": "appspec.yaml", "bundleType": "YAML"}
        if place == "version of S3":
            s3.put_object(Bucket="specs", Key="appspec.yaml", Body=b"version: 9")
            location["version"] = version
        revision = {"revisionType": "S3", "s3Location": location}
    answer = shop.codedeploy.create_deployment(
        applicationName="shop", deploymentGroupName="shop-live", revision=revision
    )
    shop.cloud.run_until_idle()
    info = shop.info(answer["deploymentId"])
    assert (info["status"], info["revision"]) == ("Succeeded", revision)


def lambdalab_s3() -> Any:
    import boto3

    return boto3.client("s3")


class TestStopping:
    def test_without_a_rollback_the_weights_stay(self, shop: Any) -> None:
        shop.group()
        deployment = shop.deploy()
        shop.cloud.advance(minutes=1)
        answer = shop.codedeploy.stop_deployment(deploymentId=deployment)
        assert answer["status"] == "Succeeded"
        info = shop.info(deployment)
        assert (info["status"], info["errorInformation"]["code"]) == ("Stopped", "MANUAL_STOP")
        shop.cloud.advance(hours=1)
        assert shop.alias == ("1", {"2": 0.1})
        assert "rollbackInfo" not in shop.info(deployment)

    @pytest.mark.parametrize("asked", [True, None])
    def test_with_a_rollback_the_old_version_is_alone_again(self, shop: Any, asked: bool | None) -> None:
        # GIVEN a rollback asked for in the call, or by the group
        events = [] if asked else ["DEPLOYMENT_STOP_ON_REQUEST"]
        if asked:
            shop.group()
        else:
            shop.group(autoRollbackConfiguration={"enabled": True, "events": events})
        deployment = shop.deploy()
        shop.cloud.advance(minutes=1)
        # WHEN the deployment is stopped
        extra = {"autoRollbackEnabled": True} if asked else {}
        assert shop.codedeploy.stop_deployment(deploymentId=deployment, **extra)["status"] == "Pending"
        shop.cloud.advance(minutes=1)
        # THEN another deployment takes it back
        assert shop.alias == ("1", {})
        back = shop.info(shop.info(deployment)["rollbackInfo"]["rollbackDeploymentId"])
        assert (back["status"], back["creator"]) == ("Succeeded", "codeDeployRollback")
        assert back["rollbackInfo"]["rollbackTriggeringDeploymentId"] == deployment

    def test_a_group_s_wish_can_be_overruled(self, shop: Any) -> None:
        shop.group(autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_STOP_ON_REQUEST"]})
        deployment = shop.deploy()
        shop.cloud.advance(minutes=1)
        shop.codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)
        shop.cloud.advance(minutes=1)
        assert shop.alias == ("1", {"2": 0.1})

    def test_what_has_ended_cannot_be_stopped(self, shop: Any) -> None:
        shop.group()
        deployment = shop.deploy()
        shop.cloud.run_until_idle()
        code, _ = shop.refuse("stop_deployment", deploymentId=deployment)
        assert code == "DeploymentAlreadyCompletedException"


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(sorted(PREDEFINED)),
    stop=st.integers(0, 120),
    roll_back=st.booleans(),
    seed=st.integers(0, 99),
)
def test_property_a_deployment_ends_at_one_version_or_where_it_was_stopped(
    open_shop: Any, kind: str, stop: int, roll_back: bool, seed: int
) -> None:
    with lambdalab.start(seed=seed) as cloud:
        shop = open_shop(cloud)
        shop.group(kind)
        deployment = shop.deploy()
        cloud.advance(minutes=stop)
        before = shop.alias
        ended = shop.info(deployment)["status"] == "Succeeded"
        assert ended == (before == ("2", {}))
        if not ended:
            shop.codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=roll_back)
            cloud.run_until_idle()
            # A stop before the AppSpec file was read leaves nothing to take back.
            assert shop.alias == (("1", {}) if roll_back else before)
        assert not [timer for timer in cloud._scheduler.pending() if "deployment" in timer.label]


def test_the_same_seed_gives_the_same_ids(open_shop: Any) -> None:
    ids = []
    for _ in range(2):
        with lambdalab.start(seed=3) as cloud:
            shop = open_shop(cloud)
            shop.group()
            ids.append(shop.deploy())
            cloud.run_until_idle()
            ids.append(json.dumps(shop.info(ids[-1]), default=str))
    assert ids[:2] == ids[2:]

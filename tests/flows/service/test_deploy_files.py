"""What is in deploy/ holds: schemas, linters, the promises of its pages, and a backup that comes back."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli.command import app
from flows.refresh import refresh
from flows.service.deployments import deployments_file
from flows.service.file_server import files_app
from flows.service.prefect_environment import service_environment
from flows.settings import Settings
from warehouse.folder import DataFolder
from warehouse.publish import Release, published_release

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted(path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
TOOLS = Path(sys.executable).parent


def call(*command: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def pods() -> dict[str, dict[str, Any]]:
    """Every pod template of the manifests by its object's name."""
    found = [each for path in MANIFESTS for each in yaml.safe_load_all(path.read_text())]
    by_name = {each["metadata"]["name"]: each["spec"].get("jobTemplate", each).get("spec", {}) for each in found}
    return {name: spec["template"]["spec"] for name, spec in by_name.items() if "template" in spec}


def test_compose_file_fits_the_compose_specification() -> None:
    call(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


def test_dockerfile_passes_hadolint() -> None:
    call(TOOLS / "hadolint", DEPLOY / "Dockerfile")


def test_manifests_and_the_example_of_an_ingress_fit_their_kubernetes_schemas() -> None:
    call(TOOLS / "kubernetes-validate", "--strict", *MANIFESTS, DEPLOY / "examples" / "ingress.yaml")


def test_images_and_manifests_give_prefect_the_variables_of_the_service() -> None:
    ours = service_environment(Path("/data"), "http://server:4200")
    of_the_place = {"PREFECT_HOME", "PREFECT_UI_URL"}
    text = (DEPLOY / "Dockerfile").read_text()
    found = re.findall(r"^ +(?:ENV )?(PREFECT_\w+|DO_NOT_TRACK)=(\S+)", text, flags=re.MULTILINE)
    found += [pair for service in compose()["services"].values() for pair in service.get("environment", {}).items()]
    found += [
        (each["name"], each.get("value"))
        for pod in pods().values()
        for container in pod["containers"]
        for each in container.get("env", ())
    ]
    shared = [(name, value) for name, value in found if name in ours and name not in of_the_place]
    assert {name for name, _ in shared} >= {"DO_NOT_TRACK", "PREFECT_API_URL", "PREFECT_SERVER_UI_API_URL"}
    assert [pair for pair in shared if pair[1] != ours[pair[0]]] == []


def settings_of(name: str) -> set[str]:
    """The settings that a service of compose, or a pod, is given."""
    return {variable for container in pods()[name]["containers"] for variable in _names(container)} if name else set()


def _names(container: dict[str, Any]) -> set[str]:
    return {each["name"] for each in container.get("env", ())}


def test_worker_gets_addresses_and_mail_settings_in_compose_and_kubernetes_alike() -> None:
    wanted = {
        "WORKFORCE_CONTACT",
        "PREFECT_UI_URL",
        "WORKFORCE_PUBLIC_ADDRESS",
        "WORKFORCE_WEBHOOK",
        "WORKFORCE_LOG_FORMAT",
    }
    wanted |= {f"WORKFORCE_MAIL_{name}" for name in ("TO", "FROM", "SERVER", "USER", "PASSWORD")}
    assert settings_of("worker") >= wanted
    assert set(compose()["services"]["worker"]["environment"]) >= wanted


def test_kustomization_names_every_manifest() -> None:
    named = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"]
    assert sorted(named) == [path.name for path in MANIFESTS]


@pytest.mark.parametrize("name", ["workforce.service", "workforce-backup.service"])
def test_unit_is_well_formed_and_confined(tmp_path: Path, name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    unit = tmp_path / name
    # The command of the unit is not installed on this machine.
    unit.write_text((DEPLOY / "systemd" / name).read_text().replace("/opt/workforce/bin/", "/bin/true "))
    call("systemd-analyze", "verify", unit)
    call("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)


def test_images_are_pinned() -> None:
    used = re.findall(r"^ARG PYTHON_IMAGE=(\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)) == {"${PYTHON_IMAGE}"}
    used += [re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", each["image"]) for each in compose()["services"].values()]
    used += [container["image"] for pod in pods().values() for container in pod["containers"]]
    assert [image for image in used if not re.search(r":\d+\.\d+[\w.-]*$|@sha256:", image)] == []


def test_nothing_in_compose_listens_beyond_the_host_and_the_database_not_at_all() -> None:
    ports = [port for service in compose()["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert compose()["services"]["database"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"]["internal"] is True


def test_the_root_of_every_container_of_ours_is_read_only_with_room_to_write_where_it_must() -> None:
    ours = [each for each in compose()["services"].values() if "WORKFORCE_IMAGE" in each["image"]]
    assert len(ours) >= 5
    for service in ours:
        assert service["read_only"] is True
        assert {place.split(":")[0] for place in service["tmpfs"]} == {"/tmp", "/home/workforce"}
    containers = [each for pod in pods().values() for each in pod["containers"] if "nhs-workforce" in each["image"]]
    assert len(containers) >= 5
    for container in containers:
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        mounts = {mount["mountPath"]: mount.get("readOnly", False) for mount in container["volumeMounts"]}
        # The file server writes nothing.
        assert {"/tmp", "/home/workforce"} <= mounts.keys() or mounts == {"/data": True}


def test_every_container_runs_without_privileges() -> None:
    for name, pod in pods().items():
        assert (name, pod["securityContext"]["runAsNonRoot"]) == (name, True)
        for container in pod["containers"]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert "memory" in container["resources"]["limits"]
    assert all("no-new-privileges:true" in each["security_opt"] for each in compose()["services"].values())
    assert all("mem_limit" in each for each in compose()["services"].values())
    assert re.search(r"^USER 10001", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)


def test_no_secret_is_written_down() -> None:
    for path in DEPLOY.rglob("*.yaml"):
        for line in path.read_text().splitlines():
            said = re.search(r"(?i)(password|auth_string|webhook)\"?: *(?P<value>\S+)", line)
            assert said is None or said["value"].startswith("${") or said["value"] == "*client", f"{path.name}: {line}"


def test_settings_named_in_deploy_exist() -> None:
    known = {f"WORKFORCE_{name.upper()}" for name in Settings.model_fields}
    known |= {"WORKFORCE_DATABASE_PASSWORD", "WORKFORCE_API_AUTH", "WORKFORCE_UI_ADDRESS"}
    known |= {f"WORKFORCE_{name}" for name in ("IMAGE", "PYTHON_IMAGE", "DATABASE_IMAGE", "WORKER_MEMORY")}
    known |= {"WORKFORCE_PREFECT_LOG_FORMAT"}  # compose's own
    texts = [path.read_text() for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert set(re.findall(r"\bWORKFORCE_[A-Z_]+\b", "\n".join(texts))) <= known


def test_deployments_give_only_parameters_the_flow_has() -> None:
    declared = yaml.safe_load(deployments_file().read_text())["deployments"]
    assert [each["name"] for each in declared] == ["weekday-poll", "weekly-full", "manual"]
    for each in declared:
        refresh.validate_parameters(each["parameters"])
        assert each["schedules"] == [] or {sched["timezone"] for sched in each["schedules"]} == {"Europe/London"}


def test_only_what_may_be_public_is_served(tmp_path: Path) -> None:
    served = [getattr(route, "name", "") for route in files_app(tmp_path).routes]
    assert served == ["metrics", "published", "releases", "docs", "site"]


def command(*arguments: str | Path) -> str:
    """The output of a command that must succeed, its white space as single blanks."""
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.mark.slow
def test_a_restored_folder_answers_as_before_and_the_next_run_finds_nothing_new(sample: Path, tmp_path: Path) -> None:
    said = command("backup", tmp_path / "backups", "--data", sample)
    (backup,) = (tmp_path / "backups").glob("*.tar")
    assert f"{backup}: " in said
    restored = tmp_path / "restored"
    release = published_release(DataFolder(sample))
    assert release is not None
    assert f"Published: release {release.release_id}." in command("restore", backup, "--data", restored)
    assert not DataFolder(restored).staged.exists()
    assert DataFolder(restored).published.read_bytes() == DataFolder(sample).published.read_bytes()
    counted = ("sql", "SELECT count(*) FROM marts.leadership_diversity", "--data")
    for asked in (("status", "--data"), counted):
        assert command(*asked, restored) == command(*asked, sample)
    assert "Nothing new" in command("run", "--sample", "--data", restored)
    assert published_release(DataFolder(restored)) == Release(
        release.release_id, DataFolder(restored).releases / release.release_id
    )

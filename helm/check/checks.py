"""What has to be true of the chart."""

import functools
import hashlib
import json
import math
import os
import pathlib
import tempfile
import unittest

import chart
import tools
import values

# --- for every set of values ----------------------------------------------------------------------

# Tests of kube-score that are wrong about a set of values.
KUBE_SCORE_ERRS = {
    # It knows HorizontalPodAutoscalers but not that a ScaledObject sets the number of pods too.
    "scaled-by-keda-values.yaml": ["--ignore-test", "deployment-replicas"],
}


def misfits(manifests, version):
    """What kubeconform finds."""
    command = [chart.tool("kubeconform"), "-strict"]
    for part in (version, "custom"):
        name = "{{.ResourceKind}}{{.KindSuffix}}.json"
        command += ["-schema-location", f"{tools.installed()[1] / part}/{name}"]
    return findings(tools.run(command, input=manifests))


def advice(manifests, *arguments):
    """What kube-score finds."""
    command = [chart.tool("kube-score"), "score", "--output-format", "ci", *arguments, "-"]
    lines = findings(tools.run(command, input=manifests))
    return [line for line in lines if not line.startswith(("[OK]", "[SKIPPED]"))]


def privileges(manifests):
    """What Kubernetes would not admit to a namespace that is "restricted"."""
    return findings(tools.run([chart.tool("podsecurity")], input=manifests))


def findings(done):
    """The lines that a checker has written; a failure of its own is one too."""
    lines = done.stdout.splitlines() + done.stderr.splitlines()
    return lines or ([f"exit code {done.returncode}"] if done.returncode else [])


def for_each_value_set(test):
    @functools.wraps(test)
    def run(self):
        for path in chart.VALUE_SETS:
            with self.subTest(path.name):
                test(self, path)
    return run


class EveryValueSet(unittest.TestCase):
    def test_there_are_many(self):
        self.assertGreaterEqual(len(chart.VALUE_SETS), 12)

    @for_each_value_set
    def test_is_linted_without_a_finding(self, path):
        done = chart.helm("lint", "--strict", "--quiet", "--values", path, chart.FOLDER)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    @for_each_value_set
    def test_fits_the_schemas_of_each_kubernetes(self, path):
        for version in tools.KUBERNETES:
            self.assertEqual(misfits(chart.manifests(path), version), [], version)

    @for_each_value_set
    def test_has_no_finding_of_kube_score(self, path):
        ignored = KUBE_SCORE_ERRS.get(path.name, [])
        self.assertEqual(advice(chart.manifests(path), *ignored), [])

    @for_each_value_set
    def test_meets_pod_security_restricted(self, path):
        self.assertEqual(privileges(chart.manifests(path)), [])

    @for_each_value_set
    def test_makes_a_configuration_that_trouped_starts_with(self, path):
        found = chart.objects(chart.manifests(path))
        job = chart.only(found, "Job")["spec"]["template"]
        config = job["metadata"]["annotations"]["troupe/config"]
        done = check_config(job["spec"]["containers"][0], config)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @for_each_value_set
    def test_tries_the_configuration_that_it_then_serves(self, path):
        found = chart.objects(chart.manifests(path))
        tried = chart.only(found, "Job")["spec"]["template"]["metadata"]["annotations"]
        served = chart.only(found, "ConfigMap")["data"]["troupe.yaml"]
        self.assertEqual(tried["troupe/config"], served)
        template = chart.only(found, "Deployment")["spec"]["template"]
        self.assertEqual(
            template["metadata"]["annotations"]["checksum/config"],
            hashlib.sha256(served.rstrip("\n").encode()).hexdigest(),
        )

    @for_each_value_set
    def test_serves_and_is_probed_on_the_ports_of_the_configuration(self, path):
        found = chart.objects(chart.manifests(path))
        (config,) = chart.parse(chart.only(found, "ConfigMap")["data"]["troupe.yaml"])
        pod = chart.only(found, "Deployment")["spec"]["template"]["spec"]
        ports = {p["name"]: p["containerPort"] for p in pod["containers"][0]["ports"]}
        self.assertEqual(ports, {
            "http": port_of(config["http"][0]), "health": port_of(config["health"]),
        })

    @for_each_value_set
    def test_gives_the_drain_its_time(self, path):
        found = chart.objects(chart.manifests(path))
        (config,) = chart.parse(chart.only(found, "ConfigMap")["data"]["troupe.yaml"])
        pod = chart.only(found, "Deployment")["spec"]["template"]["spec"]
        drain = config["drain"]
        least = chart.seconds(drain["delay"]) + chart.seconds(drain["timeout"]) + 5
        self.assertEqual(pod["terminationGracePeriodSeconds"], math.ceil(least))
        self.assertNotIn("lifecycle", pod["containers"][0])


def port_of(listener):
    return int(listener["address"].rpartition(":")[2])


def check_config(container, config):
    """Runs what the hook's Job runs, on a file in place of the one in the pod."""
    environment = {e["name"]: e["value"] for e in container.get("env", []) if "value" in e}
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "troupe.yaml"
        file.write_text(config)
        arguments = [str(file) if a == "/etc/troupe/troupe.yaml" else a for a in container["args"]]
        return tools.run([chart.TROUPED, *arguments], env={**os.environ, **environment})


class Checkers(unittest.TestCase):
    """What finds nothing has to be able to find something."""

    def test_a_field_that_does_not_exist_is_found(self):
        for values_file, field in (
            ("defaults", "revisionHistoryLimit"),
            ("gateway", "backendRefs"),
            ("scaled-by-keda", "maxReplicaCount"),
            ("watched", "interval"),
        ):
            text = chart.manifests(chart.FOLDER / f"ci/{values_file}-values.yaml")
            self.assertIn(f" {field}:", text)
            for version in tools.KUBERNETES:
                (found,) = misfits(text.replace(f" {field}:", f" {field}s:"), version)
                self.assertIn(f"'{field}s' not allowed", found)

    def test_a_pod_without_limits_is_found(self):
        text = chart.template("--set", "resources.limits=null").stdout
        self.assertIn("CPU limit is not set", " ".join(advice(text)))

    def test_a_privilege_is_found(self):
        text = chart.template("--set", "securityContext.allowPrivilegeEscalation=true").stdout
        self.assertIn("allowPrivilegeEscalation", " ".join(privileges(text)))


# --- the values -----------------------------------------------------------------------------------


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.declared = values.declared((chart.FOLDER / "values.yaml").read_text())
        cls.used = set().union(*map(values.used, chart.templates().values()))

    def is_free(self, path):
        """Below a map that a template takes whole: its keys are Kubernetes' or Troupe's."""
        return any(values.is_part(path, whole) and path != whole for whole in self.used)

    def test_every_value_is_consumed(self):
        ignored = [
            path for path in self.declared
            if not any(values.is_part(path, u) or values.is_part(u, path) for u in self.used)
        ]
        self.assertEqual(ignored, [])

    def test_every_value_that_templates_consume_is_declared(self):
        self.assertEqual([u for u in sorted(self.used) if u not in self.declared], [])

    def test_every_value_is_explained(self):
        silent = [p for p, explained in self.declared.items() if not explained]
        self.assertEqual([p for p in silent if not self.is_free(p)], [])

    def test_the_schema_describes_the_same_values(self):
        schema = json.loads((chart.FOLDER / "values.schema.json").read_text())
        described = set(values.described(schema)) - {"global"}  # Helm adds that one
        self.assertEqual({p for p in described if not self.is_free(p)},
                         {p for p in self.declared if not self.is_free(p)})

    def test_what_could_not_work_is_refused(self):
        for value in (
            "config.http[0].address=127.0.0.1:8080",
            "config.http[0].address=unix:/run/troupe/http.sock",
            "config.health.address=off",
            "config.drain.delay=5 seconds",
            "config.http=null",
            "httpRoute.enabled=true",
            "image.digest=latest",
            "replica=3",
            "service.ports=80",
        ):
            with self.subTest(value):
                done = chart.template("--set", value)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("values don't meet the specifications", done.stderr)


class Version(unittest.TestCase):
    def test_is_the_projects(self):
        (about,) = chart.parse_file(chart.FOLDER / "Chart.yaml")
        project = (tools.ROOT / "CMakeLists.txt").read_text()
        self.assertIn(f"project(troupe VERSION {about['appVersion']} ", project)
        self.assertEqual(about["version"], about["appVersion"])


class GracePeriod(unittest.TestCase):
    def test_is_delay_timeout_and_5_s_rounded_up(self):
        for delay, timeout, expected in (
            ("5s", "20s", 30), ("off", "20s", 25), ("0", "off", 5), ("1m30s", "1h", 3695),
            ("1500ms", "20s", 27), ("0.5s", "0.5s", 6), ("null", "null", 25),
        ):
            with self.subTest(delay=delay, timeout=timeout):
                drain = f"config.drain.delay={delay},config.drain.timeout={timeout}"
                found = chart.objects(chart.template("--set", drain).stdout)
                pod = chart.only(found, "Deployment")["spec"]["template"]["spec"]
                self.assertEqual(pod["terminationGracePeriodSeconds"], expected)


# --- what the templates turn on and off -----------------------------------------------------------


class Switches(unittest.TestCase):
    def kinds(self, *settings):
        done = chart.template(*(a for s in settings for a in ("--set", s)))
        self.assertEqual(done.returncode, 0, done.stderr)
        return {kind for kind, _ in chart.objects(done.stdout)}

    def test_each_turns_its_kind_on_or_off(self):
        before = self.kinds()
        for kind, *settings in (
            ("HorizontalPodAutoscaler", "autoscaling.enabled=true"),
            ("ScaledObject", "autoscaling.enabled=true", "autoscaling.provider=KEDA"),
            ("Ingress", "ingress.enabled=true"),
            ("HTTPRoute", "httpRoute.enabled=true", "httpRoute.parentRefs[0].name=public"),
            ("ServiceMonitor", "serviceMonitor.enabled=true"),
            ("NetworkPolicy", "networkPolicy.enabled=false"),
            ("PodDisruptionBudget", "podDisruptionBudget.enabled=false"),
            ("ServiceAccount", "serviceAccount.create=false"),
            ("Job", "checkConfig=false"),
        ):
            with self.subTest(kind):
                self.assertEqual(before ^ self.kinds(*settings), {kind})

    def test_an_autoscaler_is_left_to_say_how_many(self):
        for settings, has_replicas in ((), True), (("--set", "autoscaling.enabled=true"), False):
            deployment = chart.only(chart.objects(chart.template(*settings).stdout), "Deployment")
            self.assertEqual("replicas" in deployment["spec"], has_replicas)

    def test_another_configuration_restarts_the_pods_and_the_same_does_not(self):
        sums = []
        for level in ("INFO", "DEBUG", "INFO"):
            text = chart.template("--set", f"config.log.level={level}").stdout
            pod = chart.only(chart.objects(text), "Deployment")["spec"]["template"]
            sums.append(pod["metadata"]["annotations"]["checksum/config"])
        self.assertEqual(sums[0], sums[2])
        self.assertNotEqual(sums[0], sums[1])

    def test_the_job_needs_nothing_that_the_release_brings(self):
        found = chart.objects(chart.template().stdout)
        pod = chart.only(found, "Job")["spec"]["template"]["spec"]
        self.assertNotIn("serviceAccountName", pod)
        self.assertEqual([next(iter(v.keys() - {"name"})) for v in pod["volumes"]], ["downwardAPI"])

    def test_the_job_runs_before_whatever_changes_the_release(self):
        job = chart.only(chart.objects(chart.template().stdout), "Job")
        hooks = job["metadata"]["annotations"]["helm.sh/hook"].split(",")
        self.assertEqual(set(hooks), {"pre-install", "pre-upgrade", "pre-rollback"})

    def test_each_probe_is_a_pod_of_one_small_container(self):
        found = chart.objects(chart.template("--set", "resources.requests.cpu=64").stdout)
        pods = [o for (kind, _), o in found.items() if kind == "Pod"]
        self.assertEqual(len(pods), 2)
        for pod in pods:
            (container,) = pod["spec"]["containers"]
            self.assertEqual(container["resources"]["requests"]["cpu"], "10m")

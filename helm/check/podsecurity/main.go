// Podsecurity reads manifests, separated by "---", from stdin and checks every pod in them against
// the Pod Security Standard "restricted", with the code that Kubernetes itself admits pods with. It
// prints a line for each finding and exits 1 when there is any.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// podOf answers the metadata and spec of the pods that the manifest makes; none for other kinds.
func podOf(kind string, manifest []byte) (*metav1.ObjectMeta, *corev1.PodSpec, error) {
	switch kind {
	case "Pod":
		var pod corev1.Pod
		err := yaml.UnmarshalStrict(manifest, &pod)
		return &pod.ObjectMeta, &pod.Spec, err
	case "Deployment":
		var deployment appsv1.Deployment
		err := yaml.UnmarshalStrict(manifest, &deployment)
		return &deployment.Spec.Template.ObjectMeta, &deployment.Spec.Template.Spec, err
	case "Job":
		var job batchv1.Job
		err := yaml.UnmarshalStrict(manifest, &job)
		return &job.Spec.Template.ObjectMeta, &job.Spec.Template.Spec, err
	}
	return nil, nil, nil
}

func findings(evaluator policy.Evaluator, manifest []byte) ([]string, error) {
	var object metav1.PartialObjectMetadata
	if err := yaml.Unmarshal(manifest, &object); err != nil {
		return nil, err
	}
	metadata, spec, err := podOf(object.Kind, manifest)
	if err != nil || spec == nil {
		return nil, err
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	var found []string
	for _, result := range evaluator.EvaluatePod(restricted, metadata, spec) {
		if !result.Allowed {
			found = append(found, fmt.Sprintf("%s %s: %s: %s", object.Kind, object.Name,
				result.ForbiddenReason, result.ForbiddenDetail))
		}
	}
	return found, nil
}

func run(input io.Reader, output io.Writer) (int, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return 0, err
	}
	count := 0
	manifests := utilyaml.NewYAMLReader(bufio.NewReader(input))
	for {
		manifest, err := manifests.Read()
		if errors.Is(err, io.EOF) {
			return count, nil
		}
		if err != nil {
			return count, err
		}
		found, err := findings(evaluator, manifest)
		if err != nil {
			return count, err
		}
		for _, finding := range found {
			fmt.Fprintln(output, finding)
		}
		count += len(found)
	}
}

func main() {
	count, err := run(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "podsecurity:", err)
		os.Exit(2)
	}
	if count > 0 {
		os.Exit(1)
	}
}

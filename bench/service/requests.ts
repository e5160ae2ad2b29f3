/** Bodies of requests as clients send them. */

export function providerRequest(keys: readonly string[]): string {
  return JSON.stringify({
    apiVersion: "externaldata.gatekeeper.sh/v1beta1",
    kind: "ProviderRequest",
    request: { keys },
  });
}

export function decisionsRequest(images: readonly string[]): string {
  return JSON.stringify({ images });
}

/** A Pod's creation, as an API server sends it. */
export function admissionReview(image: string): string {
  const metadata = { name: "app", namespace: "prod", labels: { app: "shop" } };
  const spec = {
    containers: [
      { name: "app", image, resources: { limits: { memory: "64Mi" } }, imagePullPolicy: "IfNotPresent" },
    ],
    restartPolicy: "Always",
    serviceAccountName: "default",
  };
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "v1", resource: "pods" },
      name: "app",
      namespace: "prod",
      operation: "CREATE",
      userInfo: {
        username: "system:serviceaccount:kube-system:replicaset-controller",
        groups: ["system:authenticated"],
      },
      object: { apiVersion: "v1", kind: "Pod", metadata, spec },
      oldObject: null,
      dryRun: false,
      options: { apiVersion: "meta.k8s.io/v1", kind: "CreateOptions" },
    },
  });
}

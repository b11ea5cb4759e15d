import { type ExternalConnector, HELPER } from './external.ts';

/** What whoever runs the connector has to do, beside the files. */
export function connectorWords({ name, component, images }: ExternalConnector): string {
  return `# ${component}

Three programs: the connector, its policy agent, and what gives the policy agent its AWS credentials. The files here run them
in one of three ways: \`kubernetes.yaml\`, \`compose.yaml\`, or the units in \`systemd/\`. Only outbound connections are made: UDP to
the intermediates, HTTPS to AWS.

## The certificate

One certificate is both the connector's towards intermediates and its identity towards AWS; its common name is
\`${component}\`. As files: \`tls.pem\` (chain and key), and apart \`tls.crt\` and \`tls.key\`.

    kubectl create secret generic ${name}-tls --from-file=tls.pem --from-file=tls.crt --from-file=tls.key

## AWS credentials

The images have no shell and no helper, so credentials come from a program beside them, as from the metadata service of an
instance: AWS's \`aws_signing_helper serve\` answers at ${HELPER}, which is what the policy agent is told. It signs in with the
certificate, by IAM Roles Anywhere. What it is given is in \`terraform output external_connectors\`: TRUST_ANCHOR_ARN, PROFILE_ARN
and ROLE_ARN.

    kubectl create configmap ${name}-aws --from-literal=TRUST_ANCHOR_ARN=... \\
      --from-literal=PROFILE_ARN=... --from-literal=ROLE_ARN=...

With compose they are variables, in \`.env\` beside the file, with INSTANCE and HELPER_IMAGE; with systemd lines of
\`/etc/ztna/${name}/aws.env\`. The helper's image in \`kubernetes.yaml\` is called \`credential-helper\`: name yours in its place.

Two other ways need no helper, and another trust policy of the role, which Terraform does not write:

- EKS Pod Identity: an association of the service account with the role. The agent of EKS sets AWS_CONTAINER_CREDENTIALS_FULL_URI.
- OIDC web identity: an identity provider in IAM for the cluster's issuer; AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, with a
  projected token for the audience \`sts.amazonaws.com\`.

For both, take \`credential-helper\` and AWS_EC2_METADATA_SERVICE_ENDPOINT out.

## The images

    ${images.connector}
    ${images.policyAgent}

They are in the account's registry: pulling them takes \`ecr:BatchGetImage\` there, or a copy in a registry of yours under the same
digests. For systemd the programs are taken out of the images' \`usr/bin\` into \`/usr/local/lib/ztna\`; \`app-connector\` is static,
\`policy-agent\` needs Node.js 22. Both images check their health by \`healthcheck <url>\`.

## A new image, a new key, a new epoch

come with the next \`npx ztna render\`: apply what it writes. The state of the policy agent is what is in force last; without it a
start waits for AWS, and denies until then.
`;
}

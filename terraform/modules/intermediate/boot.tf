# What the instance does when it starts: Docker, two containers on the host's network, and secrets in memory.

locals {
  registry = split("/", var.images.server)[0]

  # The server is what the internet talks to: it runs as its own user and is kept from the instance's role.
  users = { server = 10001, agent = 10002, group = 10000 }

  container = join(" ", [
    "--rm --network host --read-only --cap-drop ALL --security-opt no-new-privileges --pids-limit 512",
    "--log-driver awslogs --log-opt awslogs-region=${var.region} --log-opt awslogs-group=${var.log_group.name}",
  ])

  server_environment = {
    ZTNA_COMPONENT   = local.component
    ZTNA_IMAGE       = split("@", var.images.server)[1]
    ZTNA_LOG         = "info"
    ZTNA_ACCESS_LOG  = "-"
    ZTNA_BIND        = var.ipv6 ? "0.0.0.0,[::]" : "0.0.0.0"
    ZTNA_PORT        = tostring(var.port)
    ZTNA_HTTP        = "127.0.0.1:9090"
    ZTNA_CLIENT_CAS  = "/etc/ztna/client-cas.pem"
    ZTNA_TLS         = "/run/ztna/secret/tls.pem"
    ZTNA_KEYS        = "/run/ztna/secret/keys.json"
    ZTNA_ENFORCEMENT = "/run/ztna/enforce/enforcement.json"
  }

  agent_environment = merge(var.agent_environment, {
    ZTNA_COMPONENT        = local.component
    ZTNA_MINIMUM_SEQUENCE = tostring(terraform_data.floor.output.sequence)
    ZTNA_OUT              = "/run/ztna/enforce"
    ZTNA_STATE            = "/var/lib/ztna"
    ZTNA_APPLIED_URL      = "http://127.0.0.1:9090/applied"
    ZTNA_HTTP             = "127.0.0.1:9092"
  })

  # Fetches both secrets; a changed one is put in place at once and the server told to read again.
  fetch_secrets = <<-SH
    #!/bin/bash
    set -euo pipefail
    umask 077
    fetch() {
      aws ssm get-parameter --region ${var.region} --with-decryption --name "$1" \
        --query Parameter.Value --output text > "/run/ztna/secret/$2.new"
      chgrp ${local.users.group} "/run/ztna/secret/$2.new"
      chmod 0440 "/run/ztna/secret/$2.new"
      if cmp -s "/run/ztna/secret/$2.new" "/run/ztna/secret/$2"; then rm "/run/ztna/secret/$2.new"; return; fi
      mv "/run/ztna/secret/$2.new" "/run/ztna/secret/$2"
      changed=yes
    }
    changed=no
    fetch ${local.secrets}/tls tls.pem
    fetch ${var.shared_secret} keys.json
    if [ "$changed" = yes ]; then docker kill --signal HUP ztna-server > /dev/null 2>&1 || true; fi
  SH

  # Restarts a container that runs and answers nobody; one that was stopped stays so.
  watch = <<-SH
    #!/bin/bash
    set -euo pipefail
    watch() {
      if ! systemctl is-active --quiet "$1"; then return; fi
      for attempt in 1 2 3; do
        if curl --silent --fail --output /dev/null --max-time 5 "http://127.0.0.1:$2/healthz"; then return; fi
        sleep 10
      done
      systemctl try-restart "$1"
    }
    watch ztna-policy-agent 9092
    watch ztna-server 9090
  SH

  units = {
    "ztna-watch.service" = <<-UNIT
      [Unit]
      Description=Restarts containers that hang
      [Service]
      Type=oneshot
      ExecStart=/usr/local/bin/ztna-watch
    UNIT

    "ztna-watch.timer" = <<-UNIT
      [Unit]
      Description=Looks for containers that hang
      [Timer]
      OnActiveSec=2min
      OnUnitInactiveSec=30s
      [Install]
      WantedBy=timers.target
    UNIT

    "ztna-secrets.service" = <<-UNIT
      [Unit]
      Description=Secrets of the intermediate server, in memory
      After=network-online.target docker.service
      Wants=network-online.target
      [Service]
      Type=oneshot
      ExecStart=/usr/local/bin/ztna-secrets
      Restart=on-failure
      RestartSec=10
    UNIT

    "ztna-secrets.timer" = <<-UNIT
      [Unit]
      Description=Looks for rotated secrets
      [Timer]
      OnUnitInactiveSec=5min
      RandomizedDelaySec=30
      [Install]
      WantedBy=timers.target
    UNIT

    "ztna-policy-agent.service" = <<-UNIT
      [Unit]
      Description=Policy agent
      After=docker.service network-online.target
      Requires=docker.service
      Wants=network-online.target
      StartLimitIntervalSec=0
      [Service]
      ExecStartPre=-/usr/bin/docker rm --force ztna-policy-agent
      ExecStart=/usr/bin/docker run --name ztna-policy-agent ${local.container} --log-opt awslogs-stream=policy-agent/%H --user ${local.users.agent}:${local.users.group} --env-file /etc/ztna/policy-agent.env --env ZTNA_INSTANCE=%H --volume /run/ztna/enforce:/run/ztna/enforce --volume /var/lib/ztna:/var/lib/ztna ${var.images.policy_agent}
      ExecStop=/usr/bin/docker stop --time 10 ztna-policy-agent
      Restart=always
      RestartSec=2
      [Install]
      WantedBy=multi-user.target
    UNIT

    # SIGTERM: not ready, connections closed so that agents go elsewhere, then the end; SIGHUP: secrets read again.
    "ztna-server.service" = <<-UNIT
      [Unit]
      Description=Intermediate server
      After=docker.service ztna-secrets.service ztna-policy-agent.service
      Requires=docker.service
      Wants=ztna-secrets.service
      StartLimitIntervalSec=0
      [Service]
      ExecStartPre=/usr/bin/test -s /run/ztna/secret/tls.pem -a -s /run/ztna/secret/keys.json
      ExecStartPre=-/usr/bin/docker rm --force ztna-server
      ExecStart=/usr/bin/docker run --name ztna-server ${local.container} --log-opt awslogs-stream=server/%H --user ${local.users.server}:${local.users.group} --env-file /etc/ztna/server.env --env ZTNA_INSTANCE=%H --volume /run/ztna:/run/ztna:ro --volume /etc/ztna:/etc/ztna:ro ${var.images.server}
      ExecStop=/usr/bin/docker stop --time 30 ztna-server
      TimeoutStopSec=40
      Restart=always
      RestartSec=2
      [Install]
      WantedBy=multi-user.target
    UNIT
  }

  files = merge(
    { for name, text in local.units : "/etc/systemd/system/${name}" => text },
    {
      "/etc/ztna/client-cas.pem"   = var.client_cas
      "/etc/ztna/server.env"       = join("\n", [for key, value in local.server_environment : "${key}=${value}"])
      "/etc/ztna/policy-agent.env" = join("\n", [for key, value in local.agent_environment : "${key}=${value}"])
      "/etc/tmpfiles.d/ztna.conf"  = <<-CONF
        d /run/ztna         0755 root root -
        d /run/ztna/secret  0750 root ${local.users.group} -
        d /run/ztna/enforce 0750 ${local.users.agent} ${local.users.group} -
        d /var/lib/ztna     0700 ${local.users.agent} ${local.users.group} -
      CONF
      # The server asks for receive and send buffers of 4 MiB, of which the kernel gives no more than this.
      "/etc/sysctl.d/90-ztna.conf"  = <<-CONF
        net.core.rmem_max = 8388608
        net.core.wmem_max = 8388608
      CONF
      "/usr/local/bin/ztna-secrets" = local.fetch_secrets
      "/usr/local/bin/ztna-watch"   = local.watch
      "/root/.docker/config.json"   = jsonencode({ credHelpers = { (local.registry) = "ecr-login" } })
      # The server's user may not ask for the instance's credentials.
      "/etc/systemd/system/ztna-metadata.service" = <<-UNIT
        [Unit]
        Description=Keeps the server from the instance's role
        After=docker.service
        Before=ztna-server.service
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/sbin/iptables -I OUTPUT -d 169.254.169.254 -m owner --uid-owner ${local.users.server} -j REJECT
        [Install]
        RequiredBy=ztna-server.service
      UNIT
    },
  )

  boot = join("\n", concat(
    [
      "#!/bin/bash",
      "set -euo pipefail",
      # This script runs once in the life of the instance: what may fail for a moment is tried again.
      "until dnf install --assumeyes docker amazon-ecr-credential-helper iptables-nft; do sleep 10; done",
    ],
    flatten([for path, text in local.files : [
      "install -d \"$(dirname ${path})\"",
      "base64 --decode > ${path} <<< ${base64encode("${trimspace(text)}\n")}",
    ]]),
    [
      "chmod 0755 /usr/local/bin/ztna-secrets /usr/local/bin/ztna-watch",
      "sysctl --quiet --load /etc/sysctl.d/90-ztna.conf",
      "systemd-tmpfiles --create /etc/tmpfiles.d/ztna.conf",
      "systemctl daemon-reload",
      "systemctl enable --now docker ztna-metadata.service ztna-secrets.timer ztna-watch.timer ztna-policy-agent.service ztna-server.service",
      "",
    ],
  ))
}

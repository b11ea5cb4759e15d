//! Why a datagram, a registration or a client is not let through: one closed list for metrics, logs and answers.

/// Makes the enum, its names and the list of all from one table.
macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Why something was dropped, refused or cut. The names are those of `schemas/drop-reason.schema.json`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum DropReason { $($(#[$doc])* $variant,)* }

        impl DropReason {
            /// Every reason, in the order of the schema.
            pub const ALL: &[DropReason] = &[$(DropReason::$variant,)*];

            /// The name in metrics, logs and answers.
            pub const fn name(self) -> &'static str {
                match self { $(DropReason::$variant => $name,)* }
            }
        }
    };
}

reasons! {
    /// The message ends before it should.
    MessageCutShort = "message-cut-short",
    /// A service id is not UTF-8.
    MessageNotText = "message-not-text",
    /// No message begins like this, or not in this direction.
    MessageUnknown = "message-unknown",
    /// The inner packet is not IPv4 with a header of 20 bytes and the length that it states.
    PacketMalformed = "packet-malformed",
    /// The inner packet's header, TCP, UDP or ICMP checksum is wrong.
    PacketChecksum = "packet-checksum",
    /// The inner packet has IP options.
    PacketOptions = "packet-options",
    /// The inner packet is a fragment.
    PacketFragment = "packet-fragment",
    /// The inner source can be nobody's: unspecified, loopback, link-local, multicast, broadcast or reserved.
    PacketSource = "packet-source",
    /// Neither TCP, UDP nor an ICMP message that is relayed.
    PacketProtocol = "packet-protocol",
    /// Its time to live ended here.
    PacketExpired = "packet-expired",
    /// It does not fit the next hop.
    PacketTooLarge = "packet-too-large",
    /// No enforcement file was ever in force.
    NoEnforcement = "no-enforcement",
    /// The lease of the enforcement file is over, or has not begun.
    LeaseOver = "lease-over",
    /// No such service in this environment.
    ServiceUnknown = "service-unknown",
    /// The client did not register for the service, or was refused.
    NotRegistered = "not-registered",
    /// The inner destination is not the service's virtual address.
    Destination = "destination",
    /// The service has another protocol.
    Protocol = "protocol",
    /// The service has no such port, or no grant names it.
    Port = "port",
    /// No policy ever lets this principal reach the service.
    NotAuthorized = "not-authorized",
    /// A policy allows it at another time.
    NotNow = "not-now",
    /// A policy allows it from another source address.
    SourceAddress = "source-address",
    /// A policy allows it from a device whose attribute `managed` has another value, or is known.
    DeviceManaged = "device-managed",
    /// A policy allows it from a device whose attribute `os` has another value, or is known.
    DeviceOs = "device-os",
    /// A policy allows it from a device whose attribute `diskEncrypted` has another value, or is known.
    DeviceDiskEncrypted = "device-disk-encrypted",
    /// A policy allows it from a device with another value of some other attribute.
    DeviceOther = "device-other",
    /// The certificate's `agent.<service>.ztna` names do not include the service.
    CertificateLimit = "certificate-limit",
    /// The certificate, its principal or its CA is revoked.
    Revoked = "revoked",
    /// The enforcement file does not accept the certificate's CA.
    CaNotAccepted = "ca-not-accepted",
    /// The certificate is not valid yet, or not any more.
    CertificateExpired = "certificate-expired",
    /// The certificate cannot be read as one client's: no principal, two of them, or names that mean nothing.
    CertificateUnusable = "certificate-unusable",
    /// Clients without certificate are not let in here.
    CertificateMissing = "certificate-missing",
    /// An agent offered to serve, or a connector something that the enforcement file does not give it.
    NotConnector = "not-connector",
    /// Nobody serves the service now.
    NoConnector = "no-connector",
    /// A connector's packet answers no live flow.
    NoFlow = "no-flow",
    /// A connector's packet answers more than one live flow.
    AmbiguousFlow = "ambiguous-flow",
    /// The client has as many flows as one may have.
    FlowLimit = "flow-limit",
    /// The client sends more than its rate.
    ClientRate = "client-rate",
    /// The address sends or connects more often than one may.
    AddressRate = "address-rate",
    /// There are as many clients, from this address or in all, as there may be.
    ClientLimit = "client-limit",
    /// The client registers more often, or for more services, than one may.
    RegistrationLimit = "registration-limit",
    /// As many handshakes are under way as may be.
    HandshakeLimit = "handshake-limit",
    /// The queue towards the receiver is full.
    QueueFull = "queue-full",
    /// No unique inner address is free.
    NoInnerAddress = "no-inner-address",
    /// The backend cannot be reached, or refused.
    BackendUnreachable = "backend-unreachable",
    /// The memory of one connection, or the connector's budget, is spent.
    MemoryLimit = "memory-limit",
    /// The program is going away.
    Draining = "draining",
}

impl DropReason {
    /// The reason with this name.
    pub fn from_name(name: &str) -> Option<DropReason> {
        DropReason::ALL.iter().copied().find(|reason| reason.name() == name)
    }

    /// Where the reason stands in [`DropReason::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl std::fmt::Display for DropReason {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(self.name())
    }
}

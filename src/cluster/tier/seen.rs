//! Where clues are seen, told in words only where it comes to that.

use super::{Evidence, Exposure};
use crate::objects::{Container, ContainerPort, EnvVar, Object, Workload};

/// What of a workload gives its tier away.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen<'w> {
    Image(&'w Container),
    Port(&'w ContainerPort),
    Variable(&'w EnvVar),
    /// A label of the workload's pods, by key and value.
    Label(&'w Workload, &'w str, &'w str),
    Name(&'w Object),
    StatefulSet(&'w Object),
    VolumeClaims(&'w Object),
    Exposure(&'w Exposure),
}

impl Seen<'_> {
    /// For people, with its place.
    pub(super) fn evidence(self) -> Evidence {
        let (words, origin) = match self {
            Self::Image(container) => (format!("image `{}`", container.image), container.origin.key("image")),
            Self::Port(port) => (format!("container port {}", port.port), port.origin.clone()),
            Self::Variable(variable) => (format!("environment variable `{}`", variable.name), variable.origin.clone()),
            Self::Label(workload, key, value) => {
                (format!("label `{key}: {value}`"), workload.labels_origin.key(key.to_owned()))
            }
            Self::Name(object) => (format!("name `{}`", object.name), object.origin.keys(["metadata", "name"])),
            Self::StatefulSet(object) => ("a StatefulSet".to_owned(), object.origin.key("kind")),
            Self::VolumeClaims(object) => (
                "a StatefulSet with `volumeClaimTemplates`".to_owned(),
                object.origin.keys(["spec", "volumeClaimTemplates"]),
            ),
            Self::Exposure(exposure) => (exposure.words.clone(), exposure.origin.clone()),
        };
        Evidence { words, origin }
    }
}

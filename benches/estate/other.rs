//! Documents that have nothing to do with the network.

use std::fmt::Write as _;

use super::random::Random;

/// A CRD, as often as `crds` of 100 times, or else a ConfigMap or Secret.
pub(super) fn document(namespace: &str, index: usize, crds: usize, random: &mut Random) -> String {
    if random.below(100) < crds as u64 {
        return custom_resource_definition(index, random);
    }
    if random.below(2) == 0 {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-{index}\n  namespace: {namespace}\n\
             data:\n  settings.ini: |\n    [server]\n    threads = {}\n    kind: NetworkPolicy\n",
            random.below(64)
        )
    } else {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: secret-{index}\n  namespace: {namespace}\n\
             type: Opaque\nstringData:\n  token: t{:016x}\n",
            random.next()
        )
    }
}

/// A definition about as deep and wide as those of real operators.
fn custom_resource_definition(index: usize, random: &mut Random) -> String {
    let mut text = format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  \
         name: widgets{index}.example.com\nspec:\n  group: example.com\n  scope: Namespaced\n  names:\n    \
         kind: Widget{index}\n    plural: widgets{index}\n  versions:\n    - name: v1\n      served: true\n      \
         storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n            \
         spec:\n              type: object\n              properties:\n"
    );
    for field in 0..20 + random.below(40) {
        let _ = write!(
            text,
            "                field{field}:\n                  description: What field {field} of a widget does, and when.\n                  \
             type: string\n"
        );
    }
    text
}

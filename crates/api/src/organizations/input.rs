//! What clients say about organizations.

use desk::organizations::Input;
use domain::{OrganizationId, TeamId};

use crate::answers::Problem;
use crate::body::Object;
use crate::users::values;

/// Longest note.
const NOTE: usize = 65_536;

/// Reads an organization and the id it names, which counts only where an organization is looked for by it.
pub(super) fn organization(
    mut sent: Object<'_>,
) -> Result<(Option<OrganizationId>, Input), Problem> {
    let id = sent.raw("id").and_then(serde_json::Value::as_i64).map(OrganizationId);
    let name = sent.text("name", 255);
    if name == Some(None) {
        sent.complain("name", "BlankValue", "cannot be blank");
    }
    let input = Input {
        name: name.flatten(),
        external_id: sent.text("external_id", 255),
        domains: sent.texts("domain_names", 200).map(Option::unwrap_or_default),
        details: sent.text("details", NOTE),
        notes: sent.text("notes", NOTE),
        team: sent.id("group_id").map(|id| id.map(TeamId)),
        shared_tickets: sent.flag("shared_tickets").flatten(),
        shared_comments: sent.flag("shared_comments").flatten(),
        tags: sent.texts("tags", 1000).map(Option::unwrap_or_default),
        fields: values(&mut sent, "organization_fields"),
        source: None,
    };
    sent.finish()?;
    Ok((id, input))
}

//! What the words pick out of an analysis. Nothing here computes a statistic.

use phenolens_core::findings::{Finding, Severity};

/// Findings of one severity and code, in their order.
pub(crate) struct FindingGroup<'a> {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) findings: Vec<&'a Finding>,
}

/// Findings grouped by severity and code: the gravest first, then the most frequent, then by code.
pub(crate) fn findings_by_code(findings: &[Finding]) -> Vec<FindingGroup<'_>> {
    let mut groups: Vec<FindingGroup> = Vec::new();
    for finding in findings {
        let group = groups
            .iter_mut()
            .find(|group| group.severity == finding.severity && group.code == finding.code);
        match group {
            Some(group) => group.findings.push(finding),
            None => groups.push(FindingGroup {
                severity: finding.severity,
                code: finding.code,
                findings: vec![finding],
            }),
        }
    }
    groups.sort_by(|a, b| {
        (b.severity.cmp(&a.severity))
            .then(b.findings.len().cmp(&a.findings.len()))
            .then(a.code.cmp(b.code))
    });
    groups
}

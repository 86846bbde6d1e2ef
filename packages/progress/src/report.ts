// SPDX-License-Identifier: Apache-2.0
// The entry point `@bk/progress/report`: apart from the package's main one, as it carries a whole web page.

export { type CollectedBuild, createReportCollector, type ReportCollector } from "./report/collect-build.js";
export { renderReport } from "./report/render-report.js";
export type {
  ReportConcurrency,
  ReportData,
  ReportFailure,
  ReportGroup,
  ReportOutcome,
  ReportPath,
  ReportPhase,
  ReportStep,
  ReportTotals,
  ReportTransfer,
  ReportWarning,
} from "./report/report-data.js";
export { type ReportFacts, toReportData } from "./report/to-report-data.js";

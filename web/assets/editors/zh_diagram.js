// What bpmn-js and its properties panel say in Chinese: the community's texts, then ours for what they leave.
import base from "bpmn-js-i18n-zh/lib/bpmn-js/index.js";
import panel from "bpmn-js-i18n-zh/lib/properties-panel/index.js";
import camunda from "bpmn-js-i18n-zh/lib/camunda-properties-panel/index.js";
import zeebe from "bpmn-js-i18n-zh/lib/zeebe-properties-panel/index.js";

export default {
  ...camunda, ...zeebe, ...panel, ...base,
};

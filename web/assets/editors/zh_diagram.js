// What bpmn-js and its properties panel say in Chinese: the community's texts, then ours for what they leave.
import base from "bpmn-js-i18n-zh/lib/bpmn-js/index.js";
import camunda from "bpmn-js-i18n-zh/lib/camunda-properties-panel/index.js";
import panel from "bpmn-js-i18n-zh/lib/properties-panel/index.js";
import zeebe from "bpmn-js-i18n-zh/lib/zeebe-properties-panel/index.js";
import shared from "./zh_shared.js";

export default {
  ...camunda, ...zeebe, ...panel, ...base, ...shared,
  "Append element": "追加环节", "Create element": "新建环节", "Open minimap": "打开缩略图", "Close minimap": "关闭缩略图",
  "Data": "数据", "Events": "事件", "Gateways": "网关", "Participants": "参与者", "Sub-processes": "子流程", "Tasks": "任务",
  "Assignment": "办理人", "Candidate groups": "候选岗位", "Assignee": "指定办理人", "Business ID": "业务编号", "Called decision": "调用决策", "Called element": "调用流程", "Form": "表单", "Camunda Form": "本流程包的表单",
  "Camunda Form (linked)": "本流程包的表单", "Camunda user task": "人工任务", "External form reference": "外部表单", "Form ID": "表单标识", "Decision ID": "决策标识", "Process ID": "流程标识", "Result variable": "结果变量",
  "Headers": "固定参数", "Inherit from parent": "继承上级", "Input mapping": "输入映射", "Output mapping": "输出映射", "Input propagation": "变量带入", "Output propagation": "变量带出",
  "Job priority": "作业优先级", "Job type": "服务名称", "Task definition": "服务", "Retries": "重试次数", "Implementation": "实现方式", "Binding": "绑定", "latest": "最新版本", "deployment": "同一版本",
  "Propagate all parent process variables": "带入上级流程的全部变量", "Propagate all child process variables": "带出下级流程的全部变量", "Due date": "期限", "Follow up date": "提醒日期", "Priority": "优先级",
  "Business Rule Task": "决策任务", "Call Activity": "调用流程", "Service Task": "服务任务", "User Task": "人工任务", "Script Task": "脚本任务", "Send Task": "发送任务", "Receive Task": "接收任务", "Manual Task": "手工任务", "Task": "任务",
  "Collaboration": "协作", "Lane": "泳道", "Participant": "参与者", "Process": "流程", "Sequence Flow": "顺序流", "Start Event": "开始事件", "End Event": "结束事件", "Boundary Event": "边界事件", "Boundary event": "边界事件",
  "Timer Boundary Event": "定时边界事件", "Message Boundary Event": "消息边界事件", "Error Boundary Event": "错误边界事件", "Timer Intermediate Catch Event": "定时中间事件", "Message Intermediate Catch Event": "消息中间事件",
  "Message Start Event": "消息开始事件", "Timer Start Event": "定时开始事件", "Terminate End Event": "终止结束事件", "Exclusive Gateway": "排他网关", "Inclusive Gateway": "包容网关", "Parallel Gateway": "并行网关", "Event Based Gateway": "事件网关",
  "Sub Process": "子流程", "Event Sub Process": "事件子流程", "Expanded pool/participant": "展开的泳池", "Empty pool/participant": "空泳池", "Text Annotation": "注释", "Data Object Reference": "数据对象", "Group": "分组",
  "Variable assignment value": "变量取值", "Local variable name": "变量名", "Process variable name": "变量名", "Extension properties": "扩展属性", "Execution listeners": "执行监听器", "Task listeners": "任务监听器",
};

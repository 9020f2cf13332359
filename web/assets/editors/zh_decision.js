// What dmn-js says, in Chinese.
import shared from "./zh_shared.js";

export default {
  ...shared,
  "Add input": "增加输入", "Add output": "增加输出", "Add rule": "增加规则", "Annotation": "备注", "Annotations": "备注", "Decision name": "决策名称", "Decision table context menu": "决策表菜单",
  "Edit": "编辑", "Edit input": "编辑输入", "Edit output": "编辑输出", "Hit policy": "命中规则", "Hit policy:": "命中规则：", "Input expression": "输入表达式", "Input label": "输入名称", "Input type": "输入类型", "Output label": "输出名称", "Output name": "输出变量", "Output type": "输出类型",
  "Move Input": "移动输入列", "Move Output": "移动输出列", "Move rule": "移动规则", "Resize": "调整列宽", "Rules may overlap. The first matching rule will be chosen": "规则可以重叠，取第一条符合的规则",
  "Add cell description": "增加单元格说明", "Add rule above": "在上方增加规则", "Add rule below": "在下方增加规则", "Copy rule": "复制规则", "Cut rule": "剪切规则", "Paste rule above": "粘贴到上方", "Paste rule below": "粘贴到下方", "Remove rule": "删除规则",
  "Add input left": "在左侧增加输入", "Add input right": "在右侧增加输入", "Add output left": "在左侧增加输出", "Add output right": "在右侧增加输出", "Remove input": "删除输入", "Remove output": "删除输出", "Add left": "在左侧增加", "Add right": "在右侧增加",
  "And": "并且", "Then": "那么", "When": "如果", "View DRD": "查看决策关系图", "View DMN": "查看决策关系图", "Unique": "唯一", "First": "第一条", "Priority": "优先级", "Any": "任一", "Collect": "汇集", "Rule order": "按规则顺序", "Output order": "按输出顺序",
  "boolean": "是否", "string": "文本", "number": "数字", "date": "日期", "time": "时刻", "dateTime": "日期时刻", "dayTimeDuration": "天时分", "yearMonthDuration": "年月", "Any type": "任意",
  "Activate hand tool": "移动画布", "Activate lasso tool": "框选", "Create decision": "新建决策", "Create input data": "新建输入", "Create knowledge model": "新建业务知识", "Create knowledge source": "新建依据", "Definition ID": "文件标识", "Definition name": "文件名称", "Open decision table": "打开决策表",
  "Predefined values": "可选值", "Add predefined values": "增加可选值", "Delete predefined values": "删除可选值", "Aggregation": "汇总方式", "Sum": "合计", "Minimum": "最小", "Maximum": "最大", "Count": "个数", "Description": "说明",
};

// What form-js says, in Chinese.
import shared from "./zh_shared.js";

export default {
  ...shared,
  "Components": "组件", "Search components": "查找组件", "Selection": "选择", "Presentation": "展示", "Containers": "容器", "Action": "动作", "Text field": "单行文本", "Text area": "多行文本", "Number": "数字", "Date time": "日期时间", "File picker": "文件", "Checkbox": "勾选框", "Checkbox group": "多选框组", "Radio group": "单选框组",
  "Select": "下拉选择", "Tag list": "标签选择", "Text view": "文字说明", "HTML view": "网页说明", "Image view": "图片", "Table": "表格", "Spacer": "空白", "Separator": "分隔线", "Group": "分组", "Dynamic list": "可增减列表", "iFrame": "嵌入网页", "Document preview": "文件预览", "Button": "按钮", "Form": "表单",
  "A comma-separated list of": "以逗号分隔的", "file type specifiers": "文件类型", "Appearance": "外观", "Auto": "自动", "Binds to a form variable": "对应的变量名", "Browse": "选择文件", "Columns": "列数", "Condition under which the field is hidden": "符合此条件时隐藏", "Constraints": "限制", "Custom": "自定义", "Custom properties": "扩展属性", "Custom regular expression": "自定义格式",
  "Date": "日期", "Time": "时刻", "Date & Time": "日期和时刻", "Date label": "日期名称", "Time label": "时刻名称", "Default value": "默认值", "Disabled": "停用", "Disallow past dates": "不允许过去的日期", "Email": "电子邮箱", "Phone": "电话", "Field description": "填写说明", "Field label": "字段名称", "Hide if": "隐藏条件", "Input data": "输入数据", "Layout": "布局",
  "Maximum length": "最多字数", "Minimum length": "最少字数", "Minimum": "最小值", "Maximum": "最大值", "No files selected": "未选择文件", "No timezone": "不含时区", "Options source": "选项来源", "Prefix": "前缀", "Suffix": "后缀", "Read only": "只读", "Required": "必填", "Searchable": "可查找", "Serialization": "保存格式", "Static": "固定选项", "Static options": "固定选项",
  "Subtype": "种类", "Supported file formats": "允许的文件格式", "Supports markdown and templating.": "支持 Markdown 和模板。", "Text": "文字", "Text view is templated": "文字含模板内容", "Time format": "时刻格式", "Time interval": "时刻间隔", "UTC normalized": "统一为 UTC", "UTC offset": "含时区", "Upload multiple files": "可上传多个文件", "Use 24h": "24 小时制", "Validation": "校验", "Validation pattern": "校验格式",
  "hh:mm --": "时:分", "mm/dd/yyyy": "年/月/日", "Month": "月", "Year": "年", "January": "一月", "February": "二月", "March": "三月", "April": "四月", "May": "五月", "June": "六月", "July": "七月", "August": "八月", "September": "九月", "October": "十月", "November": "十一月", "December": "十二月",
  "Mon": "一", "Tue": "二", "Wed": "三", "Thu": "四", "Fri": "五", "Sat": "六", "Sun": "日",
};

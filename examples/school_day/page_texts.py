"""The words of the page that render.py makes, in each of its languages. {names} are facts.csv's."""

LANGUAGES = {"en": ("en", "English"), "zh": ("zh-Hans", "中文")}

SOURCE = "https://doi.org/10.1038/sdata.2017.171"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"

TEXTS = {
    "en": {
        "title": "What became of Open University learners",
        "lead": "{registrations} registrations for {presentations} presentations of modules at the Open University, and "
                "{events} clicks and submissions of their learners, known by day.",
        "contents": "Contents",
        "module": "Module {}",
        "numbers": "Numbers",
        "all": "All presentations",
        "tests": "Do presentations keep their learners alike? The log-rank test",
        "thinned": "<p>Share and 95 % interval every 30 days. The file has every day on which something happened.</p>",
        "overview": "Presentations",
        "overview_caption": "A presentation is one run of a module: 2013B began in February 2013, 2013J in October 2013, "
                            "2014B in February 2014. Columns to “passed” count learners of the presentation; each step "
                            "is after the one before. The last three say what share was still registered 180 days "
                            "after registering (Kaplan–Meier), with its 95 % interval.",
        "source": "<p>Data: Kuzilek J., Hlosta M., Zdrahal Z. <cite>Open University Learning Analytics dataset.</cite> "
                  f"Scientific Data 4:170171 (2017), <a href=\"{SOURCE}\">doi:10.1038/sdata.2017.171</a>, "
                  f"licensed <a href=\"{LICENSE}\">CC BY 4.0</a>. The figures are computed from it. Results that "
                  "were carried over from an earlier presentation are left out.</p><p>The dataset knows days, not "
                  "hours, and counts clicks by day; a presentation’s first day is taken as the first of its month. "
                  "A number here describes learners and explains nothing about why.</p>",
    },
    "zh": {
        "title": "英国开放大学的学习者后来怎样了",
        "lead": "英国开放大学 {presentations} 期课程的 {registrations} 人次注册，以及这些学习者的 {events} 次点击和提交，按日记录。",
        "contents": "目录",
        "module": "课程 {}",
        "numbers": "数据",
        "all": "全部各期",
        "tests": "各期留住学习者的情况是否相同？对数秩检验",
        "thinned": "<p>每 30 天的比例与 95% 置信区间。文件中有每个发生变化的日子。</p>",
        "overview": "各期课程",
        "overview_caption": "一期是课程的一次开课：2013B 始于 2013 年 2 月，2013J 始于 2013 年 10 月，2014B 始于 2014 年 2 月。"
                            "到“通过”为止的各列是该期的人数，每一步都在前一步之后。最后三列是注册 180 天后仍在册的比例"
                            "（Kaplan–Meier 估计）及其 95% 置信区间。",
        "source": "<p>数据：Kuzilek J., Hlosta M., Zdrahal Z. <cite>Open University Learning Analytics dataset.</cite> "
                  f"Scientific Data 4:170171 (2017)，<a href=\"{SOURCE}\">doi:10.1038/sdata.2017.171</a>，许可协议 "
                  f"<a href=\"{LICENSE}\">CC BY 4.0</a>。本页数字由其计算得出，从以前学期转入的成绩不计在内。</p>"
                  "<p>数据集只记录到日，不记录钟点，点击数按日累计；每期的第一天取当月一日。"
                  "这里的数字描述学习者，并不解释原因。</p>",
    },
}

SECTIONS = {
    "en": {
        "funnel": {
            "title": "From registered to passed", "chart": "from registered to passed",
            "caption": "Learners of each presentation who registered, then opened any material, then handed in any "
                       "assessment, then passed. In brackets: of those who registered.",
        },
        "survival": {
            "title": "Who stays registered", "chart": "share still registered",
            "caption": "Share still registered by days since the registration, which may lie months before the first "
                       "day: Kaplan–Meier estimate with 95 % band (Greenwood, log-log). The event is to withdraw; who "
                       "passed, or was there at the end of the presentation, is censored then. The right end of a curve "
                       "rests on the few who registered long before; its band says so.",
        },
        "retention": {
            "title": "Who comes back", "chart": "share active in each week",
            "caption": "Of those who registered before the first day: the share who clicked on or handed in anything "
                       "in each week of the course. Week 1 begins on the first day. Learners who withdrew stay in the "
                       "denominator.",
        },
        "activity": {
            "title": "Activity by course week", "chart": "active learners by week",
            "caption": "Learners who clicked on or handed in anything in a week, from {weeks_before} weeks before the "
                       "first day (week 0 is the last of them). All who registered, whenever they did. Each chart has "
                       "a scale of its own.",
        },
        "hardest": {
            "title": "The hardest assessments", "chart": "Mean first score of the hardest assessments",
            "caption": "Of {assessments} assessments that at least {ranked_learners_min} learners handed in, those with "
                       "the lowest mean score, and its 95 % interval. TMA are marked by tutors, CMA by computers. The "
                       "scale does not begin at 0. Who had left by then did not hand in, so means are of those who "
                       "stayed.",
        },
        "reopened": {
            "title": "The most re-opened materials", "chart": "Further clicks a learner, by material",
            "caption": "Clicks beyond a learner’s first one on a material, for each learner who clicked on it; of "
                       "materials with at least {ranked_learners_min} learners. One visit may be several clicks.",
        },
    },
    "zh": {
        "funnel": {
            "title": "从注册到通过", "chart": "从注册到通过",
            "caption": "各期中先注册，再打开任一学习材料，再提交任一作业，最后通过课程的人数。括号内为占注册人数的比例。",
        },
        "survival": {
            "title": "谁留了下来", "chart": "仍在册的比例",
            "caption": "注册之后若干天仍在册的比例，注册可能比开课早数月：Kaplan–Meier 估计及 95% 置信带（Greenwood 方差，双对数变换）。"
                       "事件为退课；通过者以及到该期结束仍在册者在当时删失。曲线右端只基于很早注册的少数人，置信带说明了这一点。",
        },
        "retention": {
            "title": "谁会回来", "chart": "每周活跃的比例",
            "caption": "开课第一天之前注册的人当中，在课程每一周有点击或提交的比例。第 1 周从第一天开始。已退课者仍计入分母。",
        },
        "activity": {
            "title": "各课程周的活跃情况", "chart": "每周活跃人数",
            "caption": "一周内有点击或提交的人数，从开课前 {weeks_before} 周算起（第 0 周是其中最后一周）。包括所有注册者，不论何时注册。"
                       "各图的纵轴不同。",
        },
        "hardest": {
            "title": "最难的作业与考试", "chart": "最难作业的首次平均分",
            "caption": "至少 {ranked_learners_min} 人提交的 {assessments} 项作业与考试中平均分最低的，及其 95% 置信区间。"
                       "TMA 由教师批改，CMA 由计算机批改，Exam 为考试。坐标轴不从 0 开始。已离开的人没有提交，所以平均分只代表留下来的人。",
        },
        "reopened": {
            "title": "最常重新打开的材料", "chart": "各材料人均再次点击数",
            "caption": "每位点击过该材料的学习者在首次之后的点击数；只看至少 {ranked_learners_min} 人打开的材料。一次访问可能有多次点击。",
        },
    },
}

STEPS = {
    "en": {"registered": "registered", "opened": "opened", "submitted": "submitted", "passed": "passed"},
    "zh": {"registered": "注册", "opened": "打开", "submitted": "提交", "passed": "通过"},
}

AXES = {
    "en": {"Assessment": None, "Material": None, "Step": None},
    "zh": {
        "Course week": "课程周", "Active learners": "活跃人数", "Share of the registered": "占注册者的比例",
        "Days since the registration": "注册后天数", "Share still registered": "仍在册的比例", "Step": None,
        "Learners": "人数", "Assessment": None, "Mean score": "平均分", "Material": None,
        "Further clicks a learner": "人均再次点击数",
    },
}

COLUMNS = {
    "en": {
        "presentation": "Presentation", "registered": "Registered", "opened": "Opened", "submitted": "Submitted",
        "passed": "Passed", "withdrawn": "Withdrawn", "stayed_180_days": "Registered after 180 days", "stayed_low": "from",
        "stayed_high": "to", "module": "Module", "presentations": "Presentations", "chi_squared": "χ²",
        "degrees": "Degrees of freedom", "p_value": "p", "step": "Step", "time": "Day", "week": "Week",
        "assessment": "Assessment", "learners": "Learners", "mean_score": "Mean score", "low": "from", "high": "to",
        "material": "Material", "opens": "Clicks", "reopens": "Further clicks", "reopens_per_learner": "a learner",
        "reopened_share": "Learners who clicked again", "reopened_low": "from", "reopened_high": "to",
    },
    "zh": {
        "presentation": "期", "registered": "注册", "opened": "打开", "submitted": "提交", "passed": "通过",
        "withdrawn": "退课", "stayed_180_days": "180 天后在册", "stayed_low": "下限", "stayed_high": "上限",
        "module": "课程", "presentations": "期数", "chi_squared": "χ²", "degrees": "自由度", "p_value": "p",
        "step": "步骤", "time": "天", "week": "周", "assessment": "作业或考试", "learners": "人数",
        "mean_score": "平均分", "low": "下限", "high": "上限", "material": "材料", "opens": "点击",
        "reopens": "再次点击", "reopens_per_learner": "人均", "reopened_share": "再次点击者的比例",
        "reopened_low": "下限", "reopened_high": "上限",
    },
}

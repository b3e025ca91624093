import{d as p,A as O,y as k,g as T,u as e,k as y,m as C,a as N,b as L,H as j}from"./base-jGElyyOY.js";async function A(t,l){const s=await fetch("/graphql",{method:"POST",headers:{"Content-Type":"application/json"},body:JSON.stringify({query:t,variables:l})}),r=await s.text();try{return JSON.parse(r)}catch{return{errors:[{message:`The server answered ${s.status}: ${r.slice(0,200)}`}]}}}function E(t,l,s){const r=new URL("/graphql",location.href);r.protocol=r.protocol==="https:"?"wss:":"ws:";const a=new WebSocket(r,"graphql-transport-ws");let i=!1;const c=n=>{i||(i=!0,a.close(),s.end(n))};return a.onopen=()=>a.send('{"type":"connection_init"}'),a.onmessage=({data:n})=>{const o=JSON.parse(n);o.type==="connection_ack"?a.send(JSON.stringify({id:"1",type:"subscribe",payload:{query:t,variables:l}})):o.type==="ping"?a.send('{"type":"pong"}'):o.type==="next"?s.next(o.payload):o.type==="error"?c(o.payload.map(m=>m.message).join(`
`)):o.type==="complete"&&c(null)},a.onclose=n=>c(n.reason===""?"The server ended the subscription.":n.reason),()=>c(null)}const b=[{name:"order of the race",query:`{
  race {
    run
    track
    standings {
      position
      driver
      driverName
      lap
      gapS
      lastLapS
      tyre
    }
  }
}
`},{name:"laps of a driver",query:`{
  race(run: "live") {
    laps(driver: "WOJ", first: 5) {
      edges {
        node {
          lap
          lapTimeS
          avgSpeedKmh
          tyre
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`},{name:"songs of the last five minutes",query:`{
  topSongs(window: "5m", limit: 10) {
    rank
    previousRank
    title
    artistName
    plays
  }
}
`},{name:"how the pipeline stands",query:`{
  pipeline {
    name
    scenario
    state
    out
    failed
    lagMs {
      p50
      p99
    }
  }
}
`},{name:"start the vehicles",query:`mutation {
  start(options: { scenario: "fleet", vehicles: 3 }) {
    run
    state
  }
}
`},{name:"follow the order",query:`subscription {
  standings {
    position
    driver
    gapS
  }
}
`}],I=/^(type|input|enum|interface|scalar|union)\s+(\w+)/,J=/^(\w+)\s*(\(.*\))?\s*:\s*(.+)$/;function R(t){return t.includes(`
`)?t.split(`
`).map(s=>s.trim().replace(/,$/,"")).filter(s=>s!==""&&!s.startsWith('"')).join(", "):t.trim()}function W(t){return t.replace(/"""([\s\S]*?)"""/g,(s,r)=>JSON.stringify(r.replace(/\s+/g," ").trim())).replace(/\(([^()]*)\)/g,(s,r)=>`(${R(r)})`).split(`
`).map(s=>s.trim())}function P(t){const l=[];let s="",r=null;for(const a of W(t)){if(a===""||a.startsWith("#"))continue;if(/^"(?:[^"\\]|\\.)*"$/.test(a)){s=JSON.parse(a);continue}const i=I.exec(a);if(r===null&&i!==null)r={kind:i[1],name:i[2],about:s,fields:[]},l.push(r),a.includes("{")||(r=null);else if(a.startsWith("}"))r=null;else if(r!==null){const c=J.exec(a.replace(/,$/,"")),n=c?.[1]??a;r.fields.push({name:n,args:c?.[2]??"",type:c?.[3]??"",about:s})}s=""}return l}function G(t){return/\w+/.exec(t)?.[0]??""}const _=20;function U({types:t}){const[l,s]=p(""),r=new Set(t.map(n=>n.name)),a=l.trim().toLowerCase(),i=n=>a===""||n.name.toLowerCase().includes(a)||n.fields.some(o=>`${o.name} ${o.about}`.toLowerCase().includes(a)),c=n=>{const o=G(n);return r.has(o)?e("a",{href:`#type-${o}`,children:n}):n};return e("section",{class:"schema","aria-labelledby":"schema-title",children:[e("h2",{id:"schema-title",children:"Schema"}),e("input",{type:"search","aria-label":"Search the schema",placeholder:"Search types and fields",value:l,onInput:n=>s(n.currentTarget.value)}),e("div",{class:"scroll",tabIndex:0,role:"group","aria-labelledby":"schema-title",children:t.filter(i).map(n=>e("section",{id:`type-${n.name}`,children:[e("h3",{children:[e("small",{children:n.kind})," ",n.name]}),n.about!==""&&e("p",{class:"hint",children:n.about}),e("ul",{children:n.fields.map(o=>e("li",{title:o.about,children:e("code",{children:[o.name,e("span",{class:"faint",children:o.args}),o.type!==""&&e(y,{children:[": ",c(o.type)]})]})},o.name))})]},n.name))})]})}function K(t){return/^\s*(#[^\n]*\n\s*)*subscription\b/.test(t)}function M(){const[t,l]=p([]),[s,r]=p(b[0].query),[a,i]=p(""),[c,n]=p([]),[o,m]=p(null),[u,g]=p(!1),d=O(null);k(()=>(T("/graphql/schema").then(h=>l(P(h)),h=>m(h.message)),()=>d.current?.()),[]);const w=async()=>{d.current?.(),m(null);let h;try{h=a.trim()===""?void 0:JSON.parse(a)}catch(f){return m(`Variables: ${f.message}`)}if(g(!0),n([]),K(s)){d.current=E(s,h,{next:f=>n($=>[f,...$].slice(0,_)),end:f=>{d.current=null,g(!1),m(f)}});return}try{n([await A(s,h)])}catch(f){m(`No answer: ${f.message}`)}g(!1)},v=h=>{h.key==="Enter"&&(h.ctrlKey||h.metaKey)&&w()};return e("div",{class:"explorer",children:[e("section",{class:"editor","aria-labelledby":"query-title",children:[e("header",{children:[e("h2",{id:"query-title",children:"Query"}),e("label",{class:"field",children:["Example",e("select",{onChange:h=>r(b[Number(h.currentTarget.value)].query),children:b.map(({name:h},f)=>e("option",{value:f,children:h},h))})]}),d.current!==null&&u?e("button",{type:"button",onClick:()=>d.current?.(),children:"Stop"}):e("button",{type:"button",class:"primary","aria-keyshortcuts":"Control+Enter",disabled:u,onClick:()=>void w(),children:"Run"})]}),e("textarea",{"aria-labelledby":"query-title",spellcheck:!1,value:s,onInput:h=>r(h.currentTarget.value),onKeyDown:v}),e("label",{class:"variables",children:["Variables, as JSON",e("textarea",{rows:3,spellcheck:!1,value:a,placeholder:"{}",onInput:h=>i(h.currentTarget.value),onKeyDown:v})]})]}),e("section",{class:"result","aria-labelledby":"result-title",children:[e("h2",{id:"result-title",children:"Answer"}),o!==null&&e("p",{class:"error",role:"alert",children:o}),e("pre",{class:"answer",tabIndex:0,"aria-labelledby":"result-title",children:c.map(h=>JSON.stringify(h,null,2)).join(`

`)})]}),e(U,{types:t})]})}function D(t){const l=[];for(const[s,r]of Object.entries(t.paths))for(const[a,i]of Object.entries(r)){const c=(i.parameters??[]).map(n=>({name:n.name,in:n.in??"query",required:n.required??!1,description:n.description??""}));for(const[,n]of s.matchAll(/\{(\w+)\}/g))c.some(o=>o.name===n&&o.in==="path")||c.unshift({name:n,in:"path",required:!0,description:""});l.push({method:a.toUpperCase(),path:s,summary:i.summary??"",parameters:c,answers:Object.keys(i.responses?.["200"]?.content??{})[0]??""})}return l}const S=[["Control",t=>/^\/(start|stop|status|session)/.test(t)],["Events from memory",t=>t.startsWith("/telemetry")],["Live",t=>t==="/ws"||t.startsWith("/events")],["Races, vehicles, songs",t=>t.startsWith("/api/")],["GraphQL",t=>t.startsWith("/graphql")],["Service",()=>!0]];function Q(t){const l=new Map(S.map(([s])=>[s,[]]));for(const s of t)l.get(S.find(([,r])=>r(s.path))[0]).push(s);return[...l].filter(([,s])=>s.length>0)}function x(t,l){const s=t.path.replace(/\{(\w+)\}/g,(i,c)=>encodeURIComponent(l[c]??"")),r=new URLSearchParams;for(const{name:i,in:c}of t.parameters)c==="query"&&(l[i]??"")!==""&&r.set(i,l[i]);const a=r.toString();return a===""?s:`${s}?${a}`}function V(t,l,s){const r=t.method==="GET"?"":`-X ${t.method} `,a=t.answers==="text/event-stream"?"-N ":"";return`curl ${r}${a}'${(s+x(t,l)).replaceAll("'","'\\''")}'`}const q=2e5;async function H(t,l){const s=performance.now(),r=await fetch(x(t,l),{method:t.method,signal:AbortSignal.timeout(15e3)}),a=await r.text(),i=r.headers.get("Content-Type")??"";let c=a;if(i.includes("json"))try{c=JSON.stringify(JSON.parse(a),null,2)}catch{}return{status:r.status,type:i,took_ms:performance.now()-s,text:c.slice(0,q),cut:c.length>q}}const F=new Set(["text/event-stream",""]);function X({operation:t}){const[l,s]=p({}),[r,a]=p(null),[i,c]=p(!1),n=F.has(t.answers)&&t.method==="GET",o=t.parameters.every(u=>!u.required||(l[u.name]??"")!==""),m=async()=>{c(!0);try{a(await H(t,l))}catch(u){a(`No answer: ${u.message}`)}c(!1)};return e("article",{class:"operation","aria-labelledby":"operation-title",children:[e("h2",{id:"operation-title",children:[e("span",{class:`method ${t.method.toLowerCase()}`,children:t.method})," ",t.path]}),e("p",{class:"faint",children:[t.summary,"."]}),e("form",{onSubmit:u=>{u.preventDefault(),o&&!n&&m()},children:[t.parameters.length>0&&e("div",{class:"parameters",children:t.parameters.map(u=>e("label",{children:[e("span",{class:"name",children:[u.name,u.required&&e("small",{children:" needed"})]}),e("input",{type:"text",spellcheck:!1,autocomplete:"off",value:l[u.name]??"",onInput:g=>s({...l,[u.name]:g.currentTarget.value})}),e("span",{class:"hint",children:u.description})]},u.name))}),e("div",{class:"ask",children:[n?e("p",{class:"hint",children:"It goes on for as long as it is listened to: try it from a shell."}):e("button",{type:"submit",class:"primary",disabled:!o||i,children:"Send"}),e("code",{class:"curl",children:V(t,l,location.origin)})]})]}),typeof r=="string"&&e("p",{class:"error",role:"alert",children:r}),r!==null&&typeof r!="string"&&e(y,{children:[e("p",{class:"answer-head",role:"status",children:[e("strong",{class:r.status<400?"good":"alert",children:r.status}),e("span",{class:"faint",children:[r.type," · ",Math.round(r.took_ms)," ms",r.cut?" · the beginning":""]})]}),e("pre",{class:"answer",tabIndex:0,"aria-label":"Answer",children:r.text})]})]})}function B({operations:t}){const l=i=>`${i.method} ${i.path}`,[s,r]=p(()=>{const i=new URLSearchParams(location.search).get("path");return t.find(c=>l(c)===i)??t.find(c=>c.path==="/status")??t[0]}),a=i=>{r(i),history.replaceState(null,"",`${location.pathname}?${new URLSearchParams({path:l(i)})}`)};return e("div",{class:"rest",children:[e("nav",{class:"operations","aria-label":"Paths",children:Q(t).map(([i,c])=>e("section",{children:[e("h2",{children:i}),e("ul",{children:c.map(n=>e("li",{children:e("button",{type:"button",class:"link","aria-pressed":n===s,title:n.summary,onClick:()=>a(n),children:[e("span",{class:`method ${n.method.toLowerCase()}`,children:n.method}),n.path]})},l(n)))})]},i))}),e(X,{operation:s},l(s))]})}function z(){const{settings:t,change:l}=N(),[s,r]=p(null),[a,i]=p(""),[c,n]=p(null),[o,m]=p(location.hash==="#graphql"?"graphql":"rest");k(()=>{L("/openapi.json").then(d=>{r(D(d)),i(d.info.version)},d=>n(d.message))},[]);const u=s?.some(d=>d.path==="/graphql")??!1,g=d=>{m(d),history.replaceState(null,"",d==="graphql"?`${location.pathname}#graphql`:location.pathname)};return e(y,{children:[e(j,{page:"API",settings:t,change:l}),e("main",{id:"content",class:"reference",tabIndex:-1,children:[e("div",{class:"reference-head",children:[e("div",{class:"windows",role:"group","aria-label":"Interface",children:[e("button",{type:"button",class:"toggle","aria-pressed":o==="rest",onClick:()=>g("rest"),children:"REST"}),u&&e("button",{type:"button",class:"toggle","aria-pressed":o==="graphql",onClick:()=>g("graphql"),children:"GraphQL"})]}),e("p",{class:"hint",children:["racesim ",a," · ",e("a",{href:"/openapi.json",children:"openapi.json"})," · ",e("a",{href:"/asyncapi.json",children:"asyncapi.json"}),u&&e(y,{children:[" ","· ",e("a",{href:"/graphql/schema",children:"GraphQL schema"})]})]})]}),c!==null&&e("p",{class:"error",role:"alert",children:c}),s===null?c===null&&e("p",{class:"loading",children:"Asking what the server can…"}):o==="graphql"&&u?e(M,{}):e(B,{operations:s})]})]})}C(z);

// @ts-nocheck: compiled. Generated from schemas/ by `npm run generate`. Do not edit.
import type { Because } from '../types.ts';
import type { Validator } from '../validators.ts';
import { isValue } from '../../values/kinds.ts';
const appended = (all, more) => { if (all === null) return more; for (const one of more) all.push(one); return all; };
const compiled: unknown = validate352;

const schema28 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://ztna.example.com/schemas/drop-reason.schema.json","title":"DropReason","description":"Why a component of the data plane dropped a datagram, refused a registration or a client, or cut a flow: in metrics, logs, and in what an agent is answered.","type":"string","enum":["message-cut-short","message-not-text","message-unknown","packet-malformed","packet-checksum","packet-options","packet-fragment","packet-source","packet-protocol","packet-expired","packet-too-large","no-enforcement","lease-over","service-unknown","not-registered","destination","protocol","port","not-authorized","not-now","source-address","device-managed","device-os","device-disk-encrypted","device-other","certificate-limit","revoked","ca-not-accepted","certificate-expired","certificate-unusable","certificate-missing","not-connector","no-connector","no-flow","ambiguous-flow","flow-limit","client-rate","address-rate","client-limit","registration-limit","handshake-limit","queue-full","no-inner-address","backend-unreachable","memory-limit","draining"]};

function validate70(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://ztna.example.com/schemas/drop-reason.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate70.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(typeof data !== "string"){
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(!((((((((((((((((((((((((((((((((((((((((((((((data === "message-cut-short") || (data === "message-not-text")) || (data === "message-unknown")) || (data === "packet-malformed")) || (data === "packet-checksum")) || (data === "packet-options")) || (data === "packet-fragment")) || (data === "packet-source")) || (data === "packet-protocol")) || (data === "packet-expired")) || (data === "packet-too-large")) || (data === "no-enforcement")) || (data === "lease-over")) || (data === "service-unknown")) || (data === "not-registered")) || (data === "destination")) || (data === "protocol")) || (data === "port")) || (data === "not-authorized")) || (data === "not-now")) || (data === "source-address")) || (data === "device-managed")) || (data === "device-os")) || (data === "device-disk-encrypted")) || (data === "device-other")) || (data === "certificate-limit")) || (data === "revoked")) || (data === "ca-not-accepted")) || (data === "certificate-expired")) || (data === "certificate-unusable")) || (data === "certificate-missing")) || (data === "not-connector")) || (data === "no-connector")) || (data === "no-flow")) || (data === "ambiguous-flow")) || (data === "flow-limit")) || (data === "client-rate")) || (data === "address-rate")) || (data === "client-limit")) || (data === "registration-limit")) || (data === "handshake-limit")) || (data === "queue-full")) || (data === "no-inner-address")) || (data === "backend-unreachable")) || (data === "memory-limit")) || (data === "draining"))){
const err1 = {instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema28.enum}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate70.errors = vErrors;
return errors === 0;
}
validate70.evaluated = {"dynamicProps":false,"dynamicItems":false};


const formats2 = ((text) => isValue("instant", text));

function validate354(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate354.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(typeof data === "string"){
if(!(formats2(data))){
const err0 = {instancePath,schemaPath:"#/format",keyword:"format",params:{format: "ztna-instant"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate354.errors = vErrors;
return errors === 0;
}
validate354.evaluated = {"dynamicProps":false,"dynamicItems":false};


const pattern3 = new RegExp("^[a-z][a-z0-9-]{0,62}$", "u");

function validate356(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate356.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(typeof data === "string"){
if(!pattern3.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,62}$"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate356.errors = vErrors;
return errors === 0;
}
validate356.evaluated = {"dynamicProps":false,"dynamicItems":false};


function validate352(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://ztna.example.com/schemas/because.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate352.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.reason === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "reason"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "reason") || (key0 === "opensAt")) || (key0 === "owner"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.reason !== undefined){
let data0 = data.reason;
const _errs3 = errors;
let valid1 = false;
const _errs4 = errors;
if("allowed" !== data0){
const err2 = {instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/anyOf/0/const",keyword:"const",params:{allowedValue: "allowed"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
var _valid0 = _errs4 === errors;
valid1 = valid1 || _valid0;
const _errs5 = errors;
if(!(validate70(data0, {instancePath:instancePath+"/reason",parentData:data,parentDataProperty:"reason",rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate70.errors);
errors = vErrors.length;
}
var _valid0 = _errs5 === errors;
valid1 = valid1 || _valid0;
if(!valid1){
const err3 = {instancePath:instancePath+"/reason",schemaPath:"#/properties/reason/anyOf",keyword:"anyOf",params:{}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
else {
errors = _errs3;
if(vErrors !== null){
if(_errs3){
vErrors.length = _errs3;
}
else {
vErrors = null;
}
}
}
}
if(data.opensAt !== undefined){
if(!(validate354(data.opensAt, {instancePath:instancePath+"/opensAt",parentData:data,parentDataProperty:"opensAt",rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate354.errors);
errors = vErrors.length;
}
}
if(data.owner !== undefined){
if(!(validate356(data.owner, {instancePath:instancePath+"/owner",parentData:data,parentDataProperty:"owner",rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate356.errors);
errors = vErrors.length;
}
}
}
else {
const err4 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
validate352.errors = vErrors;
return errors === 0;
}
validate352.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

export const validateBecause = compiled as Validator<Because>;
